package org.ringfence.platform.snp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Law;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.sev.firmware.Asids;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.firmware.FirmwareMap;
import org.ringfence.machine.snp.firmware.FirmwareSwap;
import org.ringfence.machine.snp.firmware.LaunchCommands;
import org.ringfence.machine.snp.firmware.PlatformCommands;
import org.ringfence.machine.snp.firmware.RmpWindow;
import org.ringfence.machine.snp.firmware.SnpCommand.LaunchStart;
import org.ringfence.machine.snp.firmware.SnpFirmware;
import org.ringfence.machine.snp.law.CommandsKeepToTheirGuest;
import org.ringfence.machine.snp.law.FirmwareKeepsOrder;
import org.ringfence.machine.snp.rmp.Permissions;
import org.ringfence.machine.snp.rmp.RmpFeature;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;

/**
 * The SEV firmware of an SEV-SNP machine: it serves two guests, the one whose software runs here and another.
 *
 * @param swap where the machine swaps
 */
public record SnpFirmwareParts(Asids asids, SnpFirmware firmware, Optional<FirmwareSwap> swap) {
    private static final int GUESTS = 2;
    private static final int MOST_IVS = 7;

    /** Keys of memory: one for each guest, and the one under which pages are swapped out. */
    static final int KEYS = GUESTS + 1;

    static RmpOptions rmp(RmpOptions options, boolean swaps, int uncovered) {
        RmpOptions both = options.with(RmpFeature.FIRMWARE).withAsids(GUESTS, RmpOptions.FIRST_ASID);
        return swaps ? both.withUncovered(uncovered) : both;
    }

    /**
     * Refuses a machine that has no room for guests that run: each has a context, and the first the 4K pages that a
     * large one has.
     */
    static void requireRoom(Geometry geometry) {
        int pages = geometry.smallPerLarge();
        if (geometry.frames() < GUESTS + pages || geometry.pages() < pages) {
            throw new IllegalArgumentException(
                    "a firmware that runs needs %d pages and %d frames; the machine has %d and %d"
                            .formatted(pages, GUESTS + pages, geometry.pages(), geometry.frames()));
        }
    }

    static SnpFirmwareParts declare(
            Declaration declaration, Snp snp, Memory memory, Ledger ledger, boolean swaps, Guards guards) {
        Asids asids = Asids.declare(declaration, GUESTS, 1, 1, guards);
        SnpFirmware firmware = SnpFirmware.declare(
                declaration,
                snp,
                memory,
                asids,
                FirmwareMap.plain(snp.geometry().frames()),
                GUESTS,
                Optional.empty(),
                Optional.of(ledger));
        return new SnpFirmwareParts(
                asids,
                firmware,
                swaps ? Optional.of(FirmwareSwap.declare(declaration, firmware, MOST_IVS)) : Optional.empty());
    }

    List<Record> parts() {
        List<Record> parts = new ArrayList<>(List.of(asids, firmware));
        swap.ifPresent(parts::add);
        return parts;
    }

    List<Law> laws(Optional<RmpWindow> window) {
        return List.of(new FirmwareKeepsOrder(firmware, window), new CommandsKeepToTheirGuest(firmware, swap));
    }

    /**
     * SNP is initialised, the guest is launched and runs with the 4K pages that a large one has, and the other is being
     * launched.
     */
    static void run(State state, Machine machine) {
        SnpFirmware firmware = machine.part(SnpFirmware.class);
        PlatformCommands platform = new PlatformCommands(firmware);
        LaunchCommands guests = new LaunchCommands(firmware);
        Snp snp = machine.part(Snp.class);
        firmware.enabled().set(state, 0, true);
        platform.init(state, false);
        firmware.asids().flush(state, 0);
        platform.dfFlush(state);
        for (int guest = 0; guest < GUESTS; guest++) {
            Rmpupdate.perform(state, snp.rmp(), guest, true, 0, Level.SIZE_4K, 0, true);
            guests.gctxCreate(state, guest);
            guests.launchStart(state, guest, LaunchStart.LEAST_POLICY);
            guests.activate(state, guest, guest + RmpOptions.FIRST_ASID);
        }
        for (int page = 0; page < snp.geometry().smallPerLarge(); page++) {
            int frame = GUESTS + page;
            Rmpupdate.perform(state, snp.rmp(), frame, true, page, Level.SIZE_4K, RmpOptions.FIRST_ASID, true);
            snp.npt().map(state, page, frame, Level.SIZE_4K);
            firmware.memory().write(state, frame, Value.LAUNCH, 0);
            guests.launchUpdate(state, 0, frame, Level.SIZE_4K, SnpFirmware.PageType.NORMAL, Permissions.NONE);
        }
        guests.launchFinish(state, 0);
    }
}
