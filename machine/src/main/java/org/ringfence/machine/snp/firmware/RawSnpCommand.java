package org.ringfence.machine.snp.firmware;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.sev.firmware.SevStatus;
import org.ringfence.machine.snp.firmware.SnpCommand.OfGuest.GuestCommand;
import org.ringfence.machine.snp.firmware.SnpFirmware.PageType;
import org.ringfence.machine.state.State;

/**
 * A command as it lies in its buffer, for code that is not written against the typed operations: reserved bits, page
 * types that are none, and addresses beyond memory are the firmware's to refuse. Frames lie at the addresses at which
 * pages of the same number lie. Commands that are none of {@link Command} have no raw form. Incoming migration images
 * are left out, so that their bit of SNP_LAUNCH_UPDATE is one of the reserved ones.
 *
 * <p>Source: SEV firmware, {@code sev_mcmd.h} (the structures named after the commands) and {@code sev_mcmd.c}.
 *
 * @param id the command's number
 * @param word0 bytes 0 to 7 of the buffer; the first word holds the address of the guest's context, but in
 *     SNP_PAGE_RECLAIM, which has nothing but the page's address and, in bit 0, its size, and in SNP_INIT_EX, which has
 *     INIT_RMP in bit 0 and LIST_PADDR_EN in bit 1
 * @param word1 bytes 8 to 15: the ASID, the address of the status page, or page size in bit 0 and page type in bits 3:1
 * @param word2 bytes 16 to 23: the page of SNP_LAUNCH_UPDATE
 * @param word3 bytes 24 to 31: the permissions of VMPL1 in bits 15:8, of VMPL2 in 23:16, of VMPL3 in 31:24
 */
public record RawSnpCommand(int id, long word0, long word1, long word2, long word3) implements Operation<SevStatus> {
    private static final long OFFSET = Geometry.SMALL - 1;
    private static final long RECLAIM_RESERVED = 0xFFE;
    private static final long UPDATE_FLAGS = 0xF;
    private static final long UPDATE_PERMISSIONS = 0xFFFF_FF00L;
    private static final int STATUS_BYTES = 32;
    private static final long LIST_PADDR_EN = 2;
    private static final long INIT_FLAGS = 3;

    /** The numbers of the commands that have a raw form. */
    public enum Command {
        SNP_INIT_EX(0x85),
        SNP_DECOMMISSION(0x90),
        SNP_ACTIVATE(0x91),
        SNP_GUEST_STATUS(0x92),
        SNP_GCTX_CREATE(0x93),
        SNP_LAUNCH_UPDATE(0xA1),
        SNP_PAGE_RECLAIM(0xC7);

        private final int id;

        Command(int id) {
            this.id = id;
        }

        /** The number. */
        public int id() {
            return id;
        }

        static Command of(int id) {
            for (Command command : values()) {
                if (command.id == id) {
                    return command;
                }
            }
            throw new IllegalArgumentException("SNP command 0x%X has no raw form here; those that have are %s"
                    .formatted(id, Arrays.toString(values())));
        }

        @Override
        public String toString() {
            return "%s (0x%X)".formatted(name(), id);
        }
    }

    @Override
    public Results<SevStatus> results() {
        return new Results.Closed<>(SevStatus.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        SnpFirmware firmware = machine.part(SnpFirmware.class);
        Command command = Command.of(id);
        if (hasReserved(command)) {
            return state -> SevStatus.INVALID_PARAM.ordinal();
        }
        LaunchCommands guests = new LaunchCommands(firmware);
        PageCommands pages = new PageCommands(firmware, machine.find(FirmwareSwap.class));
        int gctx = frame(firmware, word0);
        return switch (command) {
            case SNP_INIT_EX -> initEx(new PlatformCommands(firmware));
            case SNP_DECOMMISSION -> state -> guests.decommission(state, gctx).ordinal();
            case SNP_ACTIVATE -> state -> guests.activate(state, gctx, (int) word1).ordinal();
            case SNP_GUEST_STATUS -> {
                int page = frame(firmware, word1);
                yield page < firmware.geometry().frames()
                        ? state -> guests.guestStatus(state, gctx, page).ordinal()
                        : beyond(firmware, Optional.of(gctx));
            }
            case SNP_GCTX_CREATE -> gctx < firmware.geometry().frames()
                    ? new SnpCommand.OfGuest(GuestCommand.SNP_GCTX_CREATE, new Frame(gctx)).on(machine)
                    : beyond(firmware, Optional.empty());
            case SNP_LAUNCH_UPDATE -> {
                int page = frame(firmware, word2);
                Level size = size(word1);
                PageType type = type();
                int masks = (int) (word3 >>> 8) & 0xFF_FFFF;
                yield page < firmware.geometry().frames()
                        ? state -> guests.launchUpdate(state, gctx, page, size, type, masks).ordinal()
                        : beyond(firmware, Optional.of(gctx));
            }
            case SNP_PAGE_RECLAIM -> {
                int page = frame(firmware, word0 & -Geometry.SMALL);
                Level size = size(word0);
                yield state -> reclaim(state, firmware, pages, page, size).ordinal();
            }
        };
    }

    /** The list of what becomes HV_Fixed lies in memory, of which no such contents are kept. */
    private Step initEx(PlatformCommands platform) {
        boolean initRmp = (word0 & 1) != 0;
        if (initRmp && (word0 & LIST_PADDR_EN) != 0) {
            throw new IllegalArgumentException(
                    "SNP_INIT_EX (0x85) with LIST_PADDR_EN has no raw form here; write SNP_INIT_EX init-rmp=true first=FRAME count=N");
        }
        int listed = (word0 & LIST_PADDR_EN) != 0 ? 1 : 0;
        return state -> platform.init(state, false, initRmp, 0, listed).ordinal();
    }

    /** Whether a reserved bit is set; of SNP_GUEST_STATUS also whether what it writes would cross a page. */
    private boolean hasReserved(Command command) {
        return switch (command) {
            case SNP_INIT_EX -> (word0 & ~INIT_FLAGS) != 0 || word2 != 0 || word3 != 0;
            case SNP_DECOMMISSION, SNP_ACTIVATE, SNP_GCTX_CREATE -> (word0 & OFFSET) != 0;
            case SNP_GUEST_STATUS -> (word0 & OFFSET) != 0 || (word1 & OFFSET) + STATUS_BYTES > Geometry.SMALL;
            case SNP_LAUNCH_UPDATE ->
                (word0 & OFFSET) != 0
                        || (word2 & OFFSET) != 0
                        || (word1 & ~UPDATE_FLAGS) != 0
                        || (word3 & ~UPDATE_PERMISSIONS) != 0;
            case SNP_PAGE_RECLAIM -> (word0 & RECLAIM_RESERVED) != 0;
        };
    }

    /**
     * A page beyond memory is in no state that a command asks for; a context is looked at first, where it is asked for.
     */
    private static Step beyond(SnpFirmware firmware, Optional<Integer> context) {
        return state -> {
            if (firmware.isOff(state)) {
                return SevStatus.INVALID_PLATFORM_STATE.ordinal();
            }
            boolean known = context.isEmpty() || firmware.isContext(state, context.get());
            return (known ? SevStatus.INVALID_PAGE_STATE : SevStatus.INVALID_GUEST).ordinal();
        };
    }

    private static SevStatus reclaim(State state, SnpFirmware firmware, PageCommands pages, int page, Level size) {
        boolean beyond = page >= firmware.geometry().frames() && !firmware.isOff(state);
        return beyond ? SevStatus.INVALID_ADDRESS : pages.reclaim(state, page, size);
    }

    private static Level size(long word) {
        return (word & 1) != 0 ? Level.SIZE_2M : Level.SIZE_4K;
    }

    private @Nullable PageType type() {
        int number = (int) (word1 >>> 1) & 7;
        for (PageType type : PageType.values()) {
            if (type.number() == number) {
                return type;
            }
        }
        return null;
    }

    /** The frame that {@code address} lies in; one more than there are where it is beyond memory. */
    private static int frame(SnpFirmware firmware, long address) {
        Geometry memory = firmware.geometry();
        Geometry frames = new Geometry(memory.frames(), memory.frames(), memory.smallPerLarge());
        int frame = frames.page(address & -Geometry.SMALL);
        return frame < 0 ? memory.frames() : frame;
    }

    @Override
    public String mnemonic() {
        return "SNP command";
    }
}
