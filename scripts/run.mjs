// node scripts/run.mjs <command> [arguments]: what the npm scripts run; the `holdfast` command without an installed bin.
import './holdfast.cjs';
