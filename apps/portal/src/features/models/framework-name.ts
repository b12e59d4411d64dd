/** The name of a framework that is known, else its own. */
export function frameworkName(t: { (key: string): string; has: (key: string) => boolean }, framework: string): string {
  return t.has(`framework.${framework}`) ? t(`framework.${framework}`) : framework
}
