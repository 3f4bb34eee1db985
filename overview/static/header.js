// The header of every page: the search field, and the name of this page in sight where names do not fit.
import { showSearch } from "./search.js";

showSearch();
const nav = document.querySelector(".site-nav");
const here = nav?.querySelector("[aria-current]");
if (here && nav.scrollWidth > nav.clientWidth) nav.scrollLeft = here.offsetLeft - (nav.clientWidth - here.offsetWidth) / 2;
