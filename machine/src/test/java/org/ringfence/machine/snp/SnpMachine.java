package org.ringfence.machine.snp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.sev.ExitReason;
import org.ringfence.machine.sev.adversary.CiphertextNote;
import org.ringfence.machine.sev.firmware.Asids;
import org.ringfence.machine.sev.firmware.SevFirmware;
import org.ringfence.machine.sev.firmware.SevStatus;
import org.ringfence.machine.snp.firmware.FirmwareMap;
import org.ringfence.machine.snp.firmware.FirmwareSwap;
import org.ringfence.machine.snp.firmware.SnpFirmware;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.psc.PscBuffers;
import org.ringfence.machine.snp.rmp.Aliases;
import org.ringfence.machine.snp.rmp.ReverseMapTable;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

/** A machine with every part of SEV-SNP, a ledger and a host's note, as tests use it. */
record SnpMachine(Layout layout, Parts parts) {

    static final Actor GUEST = new Actor(0, Principal.GUEST, "guest");
    static final Actor INNER = new Actor(1, Principal.INNER_GUEST, "l2");
    static final Actor HOST = new Actor(2, Principal.HOST, "host");
    static final Actor BUS = new Actor(3, Principal.BUS, "bus");
    static final int VCPUS = 2;

    /** Entries of a buffer of page state changes. */
    static final int PSC_ENTRIES = 3;

    /** The firmware, of machines whose RMP tells its page states apart. */
    record Firmware(SevFirmware sev, Asids asids, SnpFirmware snp, FirmwareSwap swap) {
        static final int CCXS = 2;
        static final int CORES = 2;
        static final int GUESTS = 2;
        static final int IVS = 3;

        static Firmware declare(Declaration declaration, Snp snp, Memory memory, Ledger ledger) {
            Asids asids = Asids.declare(declaration, snp.options().asids(), CCXS, CORES, snp.guards());
            SevFirmware sev = SevFirmware.declare(declaration, memory, asids, GUESTS, snp.guards());
            SnpFirmware firmware = SnpFirmware.declare(
                    declaration,
                    snp,
                    memory,
                    asids,
                    FirmwareMap.plain(snp.geometry().frames()),
                    GUESTS,
                    Optional.of(sev),
                    Optional.of(ledger));
            return new Firmware(sev, asids, firmware, FirmwareSwap.declare(declaration, firmware, IVS));
        }
    }

    record Parts(
            Cpus cpus, Snp snp, Memory memory, Ledger ledger, CiphertextNote note, Optional<PscBuffers> buffers,
            Optional<Aliases> aliases,
            Optional<Firmware> firmware) {
        static Parts declare(Declaration declaration, Geometry geometry, RmpOptions options, int entries) {
            int keys = options.firmware() ? options.asids() + 1 : Snp.GUEST_KEY;
            Cpus cpus = Cpus.declare(declaration, 3, PageStateChange.KNOWN_ANSWERS);
            Memory memory = Memory.declare(declaration, geometry, keys);
            Ledger ledger = Ledger.declare(declaration, geometry.pages());
            VmsaRegisters registers = new VmsaRegisters(memory, Optional.of(ledger), 1L << INNER.index());
            Snp snp = Snp.declare(
                    declaration,
                    geometry,
                    options,
                    cpus,
                    VCPUS,
                    options.vmsa() ? Optional.of(registers) : Optional.empty(),
                    Guards.allOn());
            return new Parts(
                    cpus,
                    snp,
                    memory,
                    ledger,
                    CiphertextNote.declare(declaration, memory),
                    entries > 0
                            ? Optional.of(PscBuffers.declare(declaration, geometry, VCPUS, entries))
                            : Optional.empty(),
                    entries > 0 ? Optional.of(Aliases.declare(declaration, snp)) : Optional.empty(),
                    options.firmware()
                            ? Optional.of(Firmware.declare(declaration, snp, memory, ledger))
                            : Optional.empty());
        }
    }

    static SnpMachine of(Geometry geometry, RmpOptions options) {
        return of(geometry, options, PSC_ENTRIES);
    }

    /** With {@code entries} entries a buffer of page state changes; 0 for no buffers. */
    static SnpMachine of(Geometry geometry, RmpOptions options, int entries) {
        Layout.Placed<Parts> placed = Layout.of(
                Layout.Storage.PACKED,
                geometry.frames(),
                geometry.smallPerLarge(),
                declaration -> Parts.declare(declaration, geometry, options, entries));
        return new SnpMachine(placed.layout(), placed.machine());
    }

    Snp snp() {
        return parts.snp();
    }

    ReverseMapTable rmp() {
        return parts.snp().rmp();
    }

    Memory memory() {
        return parts.memory();
    }

    Machine machine() {
        List<Record> all = new ArrayList<>(
                List.of(parts.cpus(), parts.snp(), parts.memory(), parts.ledger(), parts.note()));
        parts.buffers().ifPresent(all::add);
        parts.aliases().ifPresent(all::add);
        parts.firmware()
                .ifPresent(firmware -> all.addAll(
                        List.of(firmware.sev(), firmware.asids(), firmware.snp(), firmware.swap())));
        return new Machine(all);
    }

    State newState() {
        return layout.newState();
    }

    /** What {@code actor}'s step ends with. */
    long ask(State state, Actor actor, Operation<?> operation) {
        return operation.on(machine(), actor).take(state);
    }

    Firmware firmware() {
        return parts.firmware().orElseThrow();
    }

    /** Performs a command of the host's. */
    SevStatus command(State state, Operation<SevStatus> command) {
        return SevStatus.values()[(int) ask(state, HOST, command)];
    }

    /** Why {@code actor} is with the host. */
    ExitReason exit(State state, Actor actor) {
        return parts.snp().exits().reason().get(state, actor.index());
    }
}
