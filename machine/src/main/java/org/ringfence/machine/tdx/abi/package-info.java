/**
 * The words of the TDX module's interface, without anything that has a state:
 * {@linkplain org.ringfence.machine.tdx.abi.TdxStatus status codes},
 * {@linkplain org.ringfence.machine.tdx.abi.OperandId operand ids}, leaf numbers
 * ({@link org.ringfence.machine.tdx.abi.SeamcallLeaf}, {@link org.ringfence.machine.tdx.abi.TdcallLeaf}), registers,
 * and what a leaf function is.
 *
 * <p>A leaf is a record that implements {@link org.ringfence.machine.tdx.abi.ModuleCall}; its results are an enum of
 * {@link org.ringfence.machine.tdx.abi.ModuleStatus}, whose constants are named after the status and the operand and
 * need nothing else.
 *
 * <p>A leaf's checks stand in one method, top-down in the order of the module's C file, each with its status; then what
 * the leaf does. The method answers an {@link org.ringfence.machine.tdx.abi.Ending}:
 *
 * <pre>{@code
 * Ending refused = td.lockTdr(state, lp, Held.SHARED, TDX_OPERAND_INVALID_RDX, TDX_OPERAND_BUSY_RDX);
 * if (refused != TdxStatus.TDX_SUCCESS) {
 *     return refused;
 * }
 * if (locks.isBusy(state, Kind.SEPT_TREE, Held.SHARED)) {
 *     return TDX_OPERAND_BUSY_SEPT_TREE;
 * }
 * ...
 * return TDX_SUCCESS;
 * }</pre>
 *
 * <p>A step that several leaves share answers an {@code Ending} too. A status without an operand is its own
 * ({@code TdxStatus.TDX_TD_FATAL}); one with an operand is a constant of the leaf's, which the leaf hands over at the
 * call. Where nobody comes back it answers {@link org.ringfence.machine.tdx.abi.NoReturn}. The leaf's
 * {@link org.ringfence.machine.tdx.abi.Endings}, a constant, makes a code of what the method answers. Which checks are
 * switched on, and which views the leaf works on, is looked up when it is bound to a machine.
 */
@NullMarked
package org.ringfence.machine.tdx.abi;

import org.jspecify.annotations.NullMarked;
