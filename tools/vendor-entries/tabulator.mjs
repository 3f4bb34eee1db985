// The parts of Tabulator that our tables use. All of it is more than twice as large, most of it to edit and to
// export. What another table needs is added here; then `tools/vendor-assets --update`.
import {
  FilterModule, FormatModule, FrozenColumnsModule, InteractionModule, PageModule, PopupModule, ResizeColumnsModule,
  ResizeTableModule, SortModule, Tabulator, TooltipModule,
} from "tabulator-tables";

Tabulator.registerModule([
  FilterModule, FormatModule, FrozenColumnsModule, InteractionModule, PageModule, PopupModule, ResizeColumnsModule,
  ResizeTableModule, SortModule, TooltipModule,
]);
window.Tabulator = Tabulator;
