package org.ringfence.machine.tdx.module.phymem;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.OperandId;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * A leaf on a TD or one of its vCPUs in its raw form, in which an address names it: that of a root page. Which TD that
 * is, only the PAMT tells, when the leaf is called. What is wrong with the address is found here, all else by the leaf
 * in its typed form.
 *
 * @param address the operand that names the root page, without flags
 * @param root PT_TDR or PT_TDVPR
 * @param register where it is
 * @param typed the leaf in its typed form
 */
public record AddressedCall(SeamcallLeaf number, long address, PageType root, Register register, Typed typed)
        implements
            ModuleCall<Long> {

    /** Registers that name a root page. */
    public enum Register {
        RCX(OperandId.RCX),
        RDX(OperandId.RDX);

        private final int operand;

        Register(int operand) {
            this.operand = operand;
        }

        private Completion completion(TdxStatus status) {
            return new Completion(status, operand);
        }
    }

    /** Makes a leaf's typed form. */
    @FunctionalInterface
    public interface Typed {
        /**
         * The leaf on TD {@code td}.
         *
         * @param frame of the root page that the operand names
         */
        ModuleCall<?> on(State state, int td, int frame);
    }

    @Override
    public Results<Long> results() {
        return new Results.Value();
    }

    @Override
    public Leaf leaf(Machine machine, Actor actor) {
        TdxModule module = machine.part(TdxModule.class);
        Guards guards = Guards.of(machine);
        int lp = module.lp(actor);
        boolean checksShutDown = guards.checks(TdxGuard.SYSTEM_IS_NOT_SHUT_DOWN);
        boolean checksReady = guards.checks(TdxGuard.SYSTEM_IS_READY);
        PageOperand operand = PageOperand.bind(
                machine, module, guards, address, root, true, ModuleLocks.Held.FREE);
        Completion invalid = register.completion(TdxStatus.TDX_OPERAND_INVALID);
        Completion range = register.completion(TdxStatus.TDX_OPERAND_ADDR_RANGE_ERROR);
        Completion busy = register.completion(TdxStatus.TDX_OPERAND_BUSY);
        Completion metadata = register.completion(TdxStatus.TDX_PAGE_METADATA_INCORRECT);
        return (state, outputs) -> {
            Ending refused = module.dispatch(state, lp, checksShutDown, checksReady);
            if (refused == TdxStatus.TDX_SUCCESS) {
                refused = operand.lock(state, lp, invalid, range, busy, metadata);
            }
            if (refused != TdxStatus.TDX_SUCCESS) {
                return Endings.coded(refused);
            }
            int frame = operand.frame();
            int td = module.td(
                    state, root == PageType.PT_TDR ? frame : module.pamt().owner(state, frame, PageSize.PT_4KB));
            ModuleCall<?> call = typed.on(state, td, frame);
            long code = call.leaf(machine, actor).take(state, outputs);
            return code < 0 ? code : Completion.code(call.rax(code));
        };
    }

    @Override
    public String mnemonic() {
        return number.mnemonic();
    }
}
