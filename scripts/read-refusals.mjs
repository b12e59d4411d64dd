// What sources refuse, read from their syntax trees: codes, the sentences beside them, and codes that cannot be seen.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')

const codePattern = /^[A-Z][A-Z0-9]{2,}(_[A-Z0-9]+)*$/
/** Functions of ours that make a refusal of a code, which is their first text; those that hand it to DomainError are found. */
const refusing = /^(refusal|refuse|error|reports|exceeded|missing|inconclusive|graphqlRefusal|[a-zA-Z]*Error|super)$/

/** The text of a literal, with … for what is filled in. */
function textOf(node) {
  if (node === undefined) return undefined
  if (ts.isStringLiteralLike(node)) return node.text
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('')
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [textOf(node.left), textOf(node.right)]
    return left === undefined && right === undefined ? undefined : `${left ?? '…'}${right ?? '…'}`
  }
  return undefined
}

export const isSentence = (text) => text !== undefined && /\s/.test(text) && text.replaceAll('…', '').trim().length > 3

export const treeOf = (file) => ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)

const known = new WeakMap()
/** Every node of a tree, parents first. */
function nodesOf(tree) {
  if (known.has(tree)) return known.get(tree)
  const nodes = []
  const visit = (node) => {
    nodes.push(node)
    ts.forEachChild(node, visit)
  }
  visit(tree)
  known.set(tree, nodes)
  return nodes
}

/** File and line, for people. */
export function placeOf(node) {
  const tree = node.getSourceFile()
  return `${path.relative(root, tree.fileName)}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`
}

/** The function that an identifier is a parameter of: what it is called, and the parameter's place. */
function parameterOf(identifier) {
  for (let node = identifier.parent; node; node = node.parent) {
    if (!ts.isFunctionLike(node)) continue
    const place = node.parameters.findIndex(({ name }) => ts.isIdentifier(name) && name.text === identifier.text)
    if (place >= 0) return { name: (node.name ?? node.parent.name)?.getText(), place }
  }
  return undefined
}

/** What a constant of the same source was set to. */
function constantOf(identifier) {
  for (const node of nodesOf(identifier.getSourceFile()))
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.name.text === identifier.text)
      return node.initializer
  return undefined
}

/** Whether a class is a DomainError by its own heading. */
const isOfDomain = (node) =>
  ts.isClassLike(node) &&
  (node.heritageClauses ?? []).some(({ types }) =>
    types.some(({ expression }) => expression.getText() === 'DomainError'),
  )

const isSuperOfDomain = (node) => {
  if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.SuperKeyword) return false
  for (let around = node.parent; around; around = around.parent) if (ts.isClassLike(around)) return isOfDomain(around)
  return false
}

/** Where a DomainError gets its code from. */
const codesGiven = (tree) =>
  nodesOf(tree)
    .filter(
      (node) => (ts.isNewExpression(node) && node.expression.getText() === 'DomainError') || isSuperOfDomain(node),
    )
    .map(({ arguments: [code] }) => code)

/** The code of an error that there is already, taken out of it here or where the name `code` was given. */
function isTakenOn(node) {
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'code'
  if (!ts.isIdentifier(node) || node.text !== 'code') return false
  const value = constantOf(node)
  return value === undefined || isTakenOn(value)
}

/** Functions and classes that hand one of their parameters to DomainError as its code: name, and the parameter's place. */
export const makersIn = (tree) => [
  ...codesGiven(tree)
    .filter(ts.isIdentifier)
    .map(parameterOf)
    .filter((parameter) => parameter?.name !== undefined)
    .map(({ name, place }) => [name, place]),
  ...nodesOf(tree)
    .filter((node) => isOfDomain(node) && !node.members.some(ts.isConstructorDeclaration))
    .map(({ name }) => [name.text, 0]),
]

/** Codes that cannot be read from the source: neither written out, nor the parameter of a function that has a name. */
export const unseenIn = (tree) =>
  codesGiven(tree).filter((code) => {
    if (literalsOf(code).length > 0 || isTakenOn(code)) return false
    return !ts.isIdentifier(code) || parameterOf(code)?.name === undefined
  })

/** The sentence of a message, of several the first; of a parameter, what a call of its function in this source gives. */
function sentenceOf(node) {
  if (node === undefined) return undefined
  if (ts.isConditionalExpression(node)) return sentenceOf(node.whenTrue) ?? sentenceOf(node.whenFalse)
  if (!ts.isIdentifier(node)) {
    const text = textOf(node)
    return isSentence(text) ? text : undefined
  }
  const parameter = parameterOf(node)
  if (parameter === undefined) {
    const value = constantOf(node)
    return value && !ts.isIdentifier(value) ? sentenceOf(value) : undefined
  }
  for (const call of nodesOf(node.getSourceFile())) {
    const isOne = ts.isCallExpression(call) && call.expression.getText() === parameter.name
    const given = isOne ? call.arguments[parameter.place] : undefined
    const sentence = given && !ts.isIdentifier(given) ? sentenceOf(given) : undefined
    if (sentence !== undefined) return sentence
  }
  return undefined
}

/** @returns {{ code: string, message?: string, status?: number, where?: string }[]} what one source refuses with */
export function refusalsIn(tree, makers) {
  const found = []
  const fromCall = (node) => {
    const name = node.expression.getText(tree)
    const isMaker = makers.has(name)
    if (!isMaker && !refusing.test(name)) return
    const args = [...(node.arguments ?? [])]
    const isCode = (arg) => literalsOf(arg).some((text) => codePattern.test(text))
    const place = makers.get(name)
    const position = place === undefined ? args.findIndex(isCode) : args[place] && isCode(args[place]) ? place : -1
    if (position < 0 || position > 2) return
    const status = args.find(ts.isNumericLiteral)
    const message = args
      .slice(position + 1)
      .map(sentenceOf)
      .find(isSentence)
    const where = isMaker ? placeOf(node) : undefined
    for (const code of literalsOf(args[position]))
      found.push({ code, message, status: status && Number(status.text), where })
  }
  const fromObject = (node) => {
    const member = (name) => node.properties.find((property) => property.name?.getText(tree) === name)?.initializer
    const code = member('code')
    const status = member('status') ?? statusIn(member('http'))
    const around = node.parent?.parent?.parent
    const message =
      textOf(member('message')) ?? (around && ts.isNewExpression(around) ? textOf(around.arguments?.[0]) : undefined)
    for (const text of code ? literalsOf(code) : [])
      found.push({
        code: text,
        message,
        status: status && ts.isNumericLiteral(status) ? Number(status.text) : undefined,
      })
  }
  const fromStatusTable = (node) => {
    for (const { name, initializer } of node.properties)
      if (name && initializer && ts.isNumericLiteral(initializer) && codePattern.test(name.getText(tree)))
        found.push({ code: name.getText(tree), status: Number(initializer.text) })
  }
  const statusIn = (node) =>
    node && ts.isObjectLiteralExpression(node)
      ? node.properties.find((property) => property.name?.getText(tree) === 'status')?.initializer
      : undefined
  const visit = (node) => {
    if (ts.isNewExpression(node) || ts.isCallExpression(node)) fromCall(node)
    if (ts.isObjectLiteralExpression(node)) {
      fromObject(node)
      fromStatusTable(node)
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found.filter(({ code }) => codePattern.test(code))
}

function literalsOf(node) {
  if (ts.isStringLiteralLike(node)) return [node.text]
  return ts.isConditionalExpression(node) ? [...literalsOf(node.whenTrue), ...literalsOf(node.whenFalse)] : []
}
