/** Replaces a member of something that runs while `tried` is done. */
export async function withFault<T extends object, K extends keyof T, R>(
  of: T,
  key: K,
  fault: T[K],
  tried: () => Promise<R>,
): Promise<R> {
  const whole = of[key]
  Object.defineProperty(of, key, { value: fault, configurable: true, writable: true })
  try {
    return await tried()
  } finally {
    Object.defineProperty(of, key, { value: whole, configurable: true, writable: true })
  }
}
