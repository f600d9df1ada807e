/** Exit code of a boot whose failure stands in the status parameter already; the script in user data knows the same number. */
export const BOOT_REPORTED_EXIT = 10;
