/**
 * The words of the TDX module's interface, without anything that has a state: {@linkplain org.ringfence.machine.tdx.abi.TdxStatus status codes},
 * {@linkplain org.ringfence.machine.tdx.abi.OperandId operand ids}, leaf numbers ({@link org.ringfence.machine.tdx.abi.SeamcallLeaf},
 * {@link org.ringfence.machine.tdx.abi.TdcallLeaf}), registers, and what a leaf function is.
 *
 * <p>A leaf is a record that implements {@link org.ringfence.machine.tdx.abi.ModuleCall}; its results are an enum of
 * {@link org.ringfence.machine.tdx.abi.ModuleStatus}, whose constants are named after the status and the operand and need nothing else.
 */
@NullMarked
package org.ringfence.machine.tdx.abi;

import org.jspecify.annotations.NullMarked;
