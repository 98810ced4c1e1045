package org.ringfence.platform.life;

import java.util.List;
import java.util.Optional;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.MemoryOptions;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.sev.firmware.Asids;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.firmware.FirmwareMap;
import org.ringfence.machine.snp.firmware.SnpFirmware;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.rmp.RmpFeature;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.state.Layout;

/**
 * The machine of an SEV-SNP guest's life: a host with as much memory as the guest takes and shares, one core complex,
 * and a firmware that has room for two guests. The RMP lies above the frames.
 *
 * @param frames 4K frames of the host
 */
record SnpLifeMachine(Machine machine, int frames) {
    private static final int GUESTS = 2;
    private static final long GIB = 1L << 30;

    static Layout.Placed<SnpLifeMachine> place(LifeOptions options) {
        return place(options, List.of());
    }

    /** With what the guest's software brings. */
    static Layout.Placed<SnpLifeMachine> place(LifeOptions options, List<Part> software) {
        long beside = Math.min(GIB, options.memory() / 16) + GIB / 16;
        long bytes = Math.ceilDiv(options.memory() + beside, GIB / 16) * (GIB / 16);
        int frames = Math.toIntExact(bytes / Geometry.SMALL);
        Geometry geometry =
                new Geometry(Math.toIntExact(options.memory() / Geometry.SMALL), frames, HostFrames.SPAN);
        RmpOptions rmp = RmpOptions.least().with(RmpFeature.FIRMWARE).withAsids(GUESTS, RmpOptions.FIRST_ASID);
        return Layout.of(Layout.Storage.LARGE, frames, HostFrames.SPAN, declaration -> {
            Cpus cpus = Cpus.declare(declaration, options.cpus(), PageStateChange.KNOWN_ANSWERS);
            Memory memory = Memory.declare(
                    declaration, geometry, MemoryOptions.plain(GUESTS + 1).withoutMoves());
            Ledger ledger = Ledger.declare(declaration, geometry.pages());
            Snp snp = Snp.declare(
                    declaration, geometry, rmp, cpus, options.cpus(), Optional.empty(), Guards.allOn());
            Asids asids = Asids.declare(declaration, GUESTS, 1, 1, Guards.allOn());
            SnpFirmware firmware = SnpFirmware.declare(
                    declaration, snp, memory, asids, FirmwareMap.plain(frames), GUESTS, Optional.empty(),
                    Optional.of(ledger));
            Machine machine = Machine.of(cpus, memory, snp, ledger, asids, firmware);
            return new SnpLifeMachine(GuestSoftware.brought(declaration, machine, options.cpus(), software), frames);
        });
    }
}
