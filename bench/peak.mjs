/** Prints the process's peak memory (KiB) at its end; imported by every program that is measured. */
process.on("exit", () => {
  process.stderr.write(`peak-rss-kib ${process.resourceUsage().maxRSS}\n`);
});
