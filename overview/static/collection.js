// Each source and the rejected lines, as the server draws them, whenever a pass ended.
import { watchParts } from "./parts.js";

const TOPICS = { topics: ["collection"] };
const sources = document.querySelector("[data-sources]");
const rejected = document.querySelector("[data-rejected]");
const chosen = rejected.dataset.source;

watchParts(sources, "/collection/sources.json", TOPICS);
watchParts(rejected, `/collection/rejected.json${chosen ? `?source=${encodeURIComponent(chosen)}` : ""}`, TOPICS);
