export { drawViewInto, drawViews, type ViewKey } from './draw-views.js'
export { drawRows, viewsOnThisThread, type OpenViewSource, type ViewRow, type ViewSource } from './view-source.js'
