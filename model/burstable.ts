/** True for the T family, which runs on credits. Source: EC2 User Guide, "Burstable performance instances". */
export function isBurstable(instanceType: string): boolean {
  return /^t\d/.test(instanceType);
}
