import escapeHtml from "escape-html";
import ms from "ms";

console.log(escapeHtml(`2 days > ${ms("1 day")} ms`));
