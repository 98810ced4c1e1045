package org.ringfence.machine.tdx.abi;

/**
 * How a leaf function ends, or a step that leaves share: with a constant of the leaf's own results, with a status that
 * has no operand, with a status and its details where the leaf lists no results, or not at all. A step that ends with
 * {@link TdxStatus#TDX_SUCCESS} lets the leaf go on.
 */
public sealed interface Ending permits ModuleStatus, TdxStatus, Completion, NoReturn {}
