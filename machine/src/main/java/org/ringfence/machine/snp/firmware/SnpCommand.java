package org.ringfence.machine.snp.firmware;

import java.util.Optional;
import org.ringfence.machine.memory.HostLedger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.sev.firmware.SevStatus;
import org.ringfence.machine.snp.firmware.SnpFirmware.PageType;
import org.ringfence.machine.state.FrameRef;

/** A command that the host puts into the mailbox of the SEV firmware, of those that serve guests with an RMP. */
public sealed interface SnpCommand extends Operation<SevStatus> {

    /** What it does on a machine. */
    Step on(Machine machine);

    @Override
    default Results<SevStatus> results() {
        return new Results.Closed<>(SevStatus.class);
    }

    @Override
    default Step on(Machine machine, Actor actor) {
        return on(machine);
    }

    private static SnpFirmware firmware(Machine machine) {
        return machine.part(SnpFirmware.class);
    }

    private static LaunchCommands launch(Machine machine) {
        return new LaunchCommands(firmware(machine));
    }

    private static PageCommands pages(Machine machine) {
        return new PageCommands(firmware(machine), machine.find(FirmwareSwap.class));
    }

    /** SNP_INIT in two steps; what is listed becomes HV_Fixed. */
    private static Step init(RmpWindow window, Actor actor, int first, int count) {
        PlatformCommands platform = new PlatformCommands(window.firmware());
        return window.steps(
                actor.index(),
                state -> platform.mayInit(state, false, true, count).ordinal(),
                state -> platform.make(state, first, count));
    }

    /** A command about the platform. */
    record OfPlatform(PlatformCommand kind) implements SnpCommand {

        /** Which. */
        public enum PlatformCommand {
            SNP_INIT,
            SNP_DF_FLUSH,
            SNP_SHUTDOWN,
            /** With IOMMU_SNP_SHUTDOWN set. */
            SNP_SHUTDOWN_EX
        }

        @Override
        public Step on(Machine machine) {
            PlatformCommands platform = new PlatformCommands(firmware(machine));
            return switch (kind) {
                case SNP_INIT -> state -> platform.init(state, false).ordinal();
                case SNP_DF_FLUSH -> state -> platform.dfFlush(state).ordinal();
                case SNP_SHUTDOWN -> state -> platform.shutdown(state, false).ordinal();
                case SNP_SHUTDOWN_EX -> state -> platform.shutdown(state, true).ordinal();
            };
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Optional<RmpWindow> window = machine.find(RmpWindow.class);
            return kind == PlatformCommand.SNP_INIT && window.isPresent() && actor.index() >= 0
                    ? init(window.get(), actor, 0, 0)
                    : on(machine);
        }

        @Override
        public String mnemonic() {
            return kind.name();
        }
    }

    /**
     * SNP_INIT_EX.
     *
     * @param initRmp INIT_RMP: whether it makes the RMP anew; without, the one of the last SNP_INIT stays
     * @param first the first frame in the list of those that become HV_Fixed
     * @param count how many the list names; 0 for no list
     */
    record InitEx(boolean initRmp, Frame first, int count) implements SnpCommand {
        @Override
        public Step on(Machine machine) {
            PlatformCommands platform = new PlatformCommands(firmware(machine));
            Numbered.requireRange("frames", first.index(), count, platform.firmware().geometry().frames());
            return state -> platform.init(state, false, initRmp, first.index(), count).ordinal();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Optional<RmpWindow> window = machine.find(RmpWindow.class);
            if (!initRmp || window.isEmpty() || actor.index() < 0) {
                return on(machine);
            }
            Numbered.requireRange("frames", first.index(), count, window.get().firmware().geometry().frames());
            return init(window.get(), actor, first.index(), count);
        }

        @Override
        public String mnemonic() {
            return "SNP_INIT_EX";
        }
    }

    /** A command about a guest and nothing else. */
    record OfGuest(GuestCommand kind, Frame context) implements SnpCommand {

        /** Which. */
        public enum GuestCommand {
            SNP_GCTX_CREATE,
            SNP_LAUNCH_FINISH,
            SNP_DECOMMISSION
        }

        @Override
        public Step on(Machine machine) {
            LaunchCommands guests = launch(machine);
            int gctx = context.index();
            return switch (kind) {
                case SNP_GCTX_CREATE -> create(guests, machine.find(FirmwareSwap.class), gctx);
                case SNP_LAUNCH_FINISH -> state -> guests.launchFinish(state, gctx).ordinal();
                case SNP_DECOMMISSION -> state -> guests.decommission(state, gctx).ordinal();
            };
        }

        private static Step create(LaunchCommands guests, Optional<FirmwareSwap> swap, int gctx) {
            return state -> {
                long status = guests.gctxCreate(state, gctx);
                if (status == SevStatus.SUCCESS.ordinal() && swap.isPresent()) {
                    swap.get().begin(state, guests.firmware().guestAt(state, gctx));
                }
                return status;
            };
        }

        @Override
        public String mnemonic() {
            return kind.name();
        }
    }

    /** SNP_LAUNCH_START. */
    record LaunchStart(Frame context, long policy) implements SnpCommand {
        /** The least policy that is taken: bit 17 must be one. */
        public static final long LEAST_POLICY = 1L << 17;

        @Override
        public Step on(Machine machine) {
            LaunchCommands guests = launch(machine);
            return state -> guests.launchStart(state, context.index(), policy).ordinal();
        }

        @Override
        public String mnemonic() {
            return "SNP_LAUNCH_START";
        }
    }

    /**
     * SNP_GUEST_STATUS.
     *
     * @param page the Firmware or Default page to which policy, ASID and state of the guest are written
     */
    record GuestStatus(Frame context, Frame page) implements SnpCommand {
        @Override
        public Step on(Machine machine) {
            LaunchCommands guests = launch(machine);
            return state -> guests.guestStatus(state, context.index(), page.index()).ordinal();
        }

        @Override
        public String mnemonic() {
            return "SNP_GUEST_STATUS";
        }
    }

    /** SNP_ACTIVATE. */
    record Activate(Frame context, int asid) implements SnpCommand {
        @Override
        public Step on(Machine machine) {
            LaunchCommands guests = launch(machine);
            return state -> guests.activate(state, context.index(), asid).ordinal();
        }

        @Override
        public String mnemonic() {
            return "SNP_ACTIVATE";
        }
    }

    /**
     * SNP_LAUNCH_UPDATE.
     *
     * @param masks the permissions of VMPL1 in bits 7:0, of VMPL2 in 15:8, of VMPL3 in 23:16
     */
    record LaunchUpdate(Frame context, Frame page, Level size, PageType type, int masks) implements SnpCommand {
        @Override
        public Step on(Machine machine) {
            LaunchCommands guests = launch(machine);
            return state -> guests.launchUpdate(state, context.index(), page.index(), size, type, masks)
                    .ordinal();
        }

        @Override
        public String mnemonic() {
            return "SNP_LAUNCH_UPDATE";
        }
    }

    /** SNP_PAGE_RECLAIM. */
    record PageReclaim(Frame page, Level size) implements SnpCommand {
        @Override
        public Step on(Machine machine) {
            PageCommands pages = pages(machine);
            return state -> pages.reclaim(state, page.index(), size).ordinal();
        }

        @Override
        public String mnemonic() {
            return "SNP_PAGE_RECLAIM";
        }
    }

    /** SNP_PAGE_MOVE. */
    record PageMove(Frame context, Frame source, Frame target, Level size) implements SnpCommand {
        @Override
        public Step on(Machine machine) {
            PageCommands pages = pages(machine);
            return state -> pages.move(state, context.index(), source.index(), target.index(), size)
                    .ordinal();
        }

        @Override
        public String mnemonic() {
            return "SNP_PAGE_MOVE";
        }
    }

    /** SNP_MD_INIT. */
    record MdInit(Frame context, Frame page) implements SnpCommand {
        @Override
        public Step on(Machine machine) {
            PageCommands pages = pages(machine);
            return state -> pages.mdInit(state, context.index(), page.index()).ordinal();
        }

        @Override
        public String mnemonic() {
            return "SNP_MD_INIT";
        }
    }

    /** SNP_PAGE_SET_STATE of {@code count} frames from {@code first} on, to HV_Fixed. */
    record PageSetState(Frame first, int count) implements SnpCommand {
        @Override
        public Step on(Machine machine) {
            PageCommands pages = pages(machine);
            Numbered.requireRange("frames", first.index(), count, pages.firmware().geometry().frames());
            return state -> pages.setHvFixed(state, first.index(), count).ordinal();
        }

        @Override
        public String mnemonic() {
            return "SNP_PAGE_SET_STATE";
        }
    }

    /** SNP_PAGE_UNSMASH. */
    record PageUnsmash(Frame page) implements SnpCommand {
        @Override
        public Step on(Machine machine) {
            PageCommands pages = pages(machine);
            return state -> pages.unsmash(state, page.index()).ordinal();
        }

        @Override
        public String mnemonic() {
            return "SNP_PAGE_UNSMASH";
        }
    }

    /**
     * Where the metadata entry of a swapped page is.
     *
     * @param frame of the Metadata page; {@link FrameRef#NONE} where it is in the guest's context
     */
    record Metadata(int frame) {
        /** In the guest's context. */
        public static final Metadata ROOT = new Metadata(FrameRef.NONE);

        /** In a Metadata page. */
        public static Metadata in(Frame page) {
            return new Metadata(page.index());
        }

        @Override
        public String toString() {
            return frame == FrameRef.NONE ? "root metadata entry" : "metadata entry in frame " + frame;
        }
    }

    /** SNP_SWAP_OUT. */
    record SwapOut(Frame context, Frame source, Frame target, Metadata metadata, Level size, SwapType type)
            implements
                SnpCommand {
        @Override
        public Step on(Machine machine) {
            SnpFirmware firmware = firmware(machine);
            SwapCommands swap = new SwapCommands(machine.part(FirmwareSwap.class));
            Optional<HostLedger> host = machine.find(HostLedger.class);
            int entry = metadata.frame();
            return state -> {
                SevStatus status = swap.out(
                        state, context.index(), source.index(), target.index(), entry, size, type);
                for (int i = 0; host.isPresent() && i < firmware.span(target.index(), size); i++) {
                    host.get().givenUp(state, target.index() + i);
                }
                return status.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "SNP_SWAP_OUT";
        }
    }

    /** SNP_SWAP_IN. */
    record SwapIn(
            Frame context,
            Frame source,
            Frame target,
            Metadata metadata,
            Level size,
            SwapType type,
            boolean inPlace)
            implements
                SnpCommand {
        @Override
        public Step on(Machine machine) {
            SwapCommands swap = new SwapCommands(machine.part(FirmwareSwap.class));
            int entry = metadata.frame();
            return state -> swap.in(
                    state, context.index(), source.index(), target.index(), entry, size, type, inPlace)
                    .ordinal();
        }

        @Override
        public String mnemonic() {
            return "SNP_SWAP_IN";
        }
    }
}
