// What the page takes from others: Jupyter's own client, a Markdown reader and a sanitiser.
export { KernelManager } from "@jupyterlab/services/lib/kernel/manager.js";
export { ServerConnection } from "@jupyterlab/services/lib/serverconnection.js";
export { default as purify } from "dompurify";
export { marked } from "marked";
