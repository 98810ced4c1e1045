package org.ringfence.machine.tdx.module.phymem;

import java.util.List;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.NoReturn;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.module.TdControl;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * An operand that names a private 4K page by its address, with the checks that every leaf makes of one, in their order:
 * the address itself (TDX_OPERAND_INVALID), that its 1G block is initialized (TDX_OPERAND_ADDR_RANGE_ERROR), the lock
 * of its PAMT entry (TDX_OPERAND_BUSY), and that it is of the size and type wanted (TDX_PAGE_METADATA_INCORRECT).
 * Source: TDX module 1.5.01, helpers.c (check_and_lock_explicit_4k_private_hpa,
 * non_shared_hpa_metadata_check_and_lock).
 *
 * @param hpa the page, without KeyID
 * @param isPlain whether the address is aligned, below 2^52 and without KeyID, or nobody asks
 * @param frame at that address; -1 where none is
 * @param type that is wanted
 * @param lock how the entry's lock is wanted; free where nobody asks
 * @param holders TDs whose vCPUs may hold the lock, shared, where it is wanted exclusively
 */
public record PageOperand(
        TdxModule module,
        long hpa,
        boolean isPlain,
        int frame,
        PageType type,
        ModuleLocks.Held lock,
        List<TdControl> holders,
        boolean checksRange,
        boolean checksType,
        boolean checksPamt,
        boolean checksPair) {

    /**
     * Binds an operand.
     *
     * @param checksType whether its type is looked at
     */
    public static PageOperand bind(
            Machine machine,
            TdxModule module,
            Guards guards,
            long hpa,
            PageType type,
            boolean checksType,
            ModuleLocks.Held lock) {
        boolean plain = module.options().isPlain(hpa, PageSize.PT_4KB.bytes());
        boolean checksLock = guards.checks(TdxGuard.PAGE_OPERAND_IS_NOT_LOCKED);
        long page = module.options().withoutKeyId(hpa) & -PageSize.PT_4KB.bytes();
        return new PageOperand(
                module,
                page,
                plain || !guards.checks(TdxGuard.PAGE_OPERAND_IS_WELL_FORMED),
                module.map().frame(page),
                type,
                checksLock ? lock : ModuleLocks.Held.FREE,
                checksLock && lock == ModuleLocks.Held.EXCLUSIVE ? TdControl.of(machine) : List.of(),
                guards.checks(TdxGuard.PAGE_OPERAND_IS_IN_INITIALIZED_TDMR),
                checksType,
                guards.checks(TdxGuard.PAGE_OPERAND_IS_NO_PAMT),
                guards.checks(TdxGuard.PAGE_OPERAND_HAS_PAMT));
    }

    /**
     * Checks and locks a page of a type that is in use; what is wrong with it, under the status that the leaf gives for
     * that.
     */
    public Ending lock(State state, int lp, Ending invalid, Ending range, Ending busy, Ending metadata) {
        return lock(state, lp, invalid, range, busy, metadata, metadata);
    }

    /**
     * As {@link #lock(State, int, Ending, Ending, Ending, Ending)}, of a page that is free.
     *
     * @param missing where dynamic PAMT has no pair for it
     */
    public Ending lock(
            State state, int lp, Ending invalid, Ending range, Ending busy, Ending metadata, Ending missing) {
        if (!isPlain) {
            return invalid;
        }
        return switch (module.pamt().find(state, lp, hpa, PageSize.PT_4KB, type, lock)) {
            case OK -> TdControl.holds(holders, state, frame) ? busy : TdxStatus.TDX_SUCCESS;
            case ADDR_RANGE_ERROR -> checksRange || frame < 0 ? range : TdxStatus.TDX_SUCCESS;
            case MACHINE_CHECK -> NoReturn.MACHINE_CHECK;
            case BUSY -> busy;
            case MISSING_PAMT_PAGE_PAIR -> checksPair ? missing : TdxStatus.TDX_SUCCESS;
            case IS_PAMT -> checksPamt ? metadata : TdxStatus.TDX_SUCCESS;
            case METADATA_INCORRECT -> {
                if (TdControl.holds(holders, state, frame)) {
                    yield busy;
                }
                yield checksType || frame < 0 ? metadata : TdxStatus.TDX_SUCCESS;
            }
        };
    }
}
