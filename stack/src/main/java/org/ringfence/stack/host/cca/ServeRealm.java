package org.ringfence.stack.host.cca;

import org.ringfence.machine.cca.AwaitRecExit;
import org.ringfence.machine.cca.AwaitRecExit.RecExit;
import org.ringfence.machine.cca.BackingGranule;
import org.ringfence.machine.cca.BackingGranule.Of;
import org.ringfence.machine.cca.rmi.DataCommand;
import org.ringfence.machine.cca.rmi.GranuleCommand;
import org.ringfence.machine.cca.rmi.ReadEntry;
import org.ringfence.machine.cca.rmi.RecCommand;
import org.ringfence.machine.cca.rmi.RipasCommand;
import org.ringfence.machine.cca.rmi.RmiCommand;
import org.ringfence.machine.cca.rmi.RmiStatus;
import org.ringfence.machine.cca.rmi.RttCommand;
import org.ringfence.machine.cca.rtt.Hipas;
import org.ringfence.machine.cca.rtt.Ripas;
import org.ringfence.machine.cca.rtt.Rtt;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;

/**
 * An honest host that serves a realm: it backs a page when the realm faults there, changes RIPAS as the realm asks, and
 * takes the memory of what has become EMPTY back at once. A realm that touches what the host has destroyed is stuck,
 * and the host gives it up. Source: Linux, the Arm CCA host patches (arch/arm64/kvm/rme.c).
 *
 * @param vcpus of the realm
 * @param rejects whether it refuses changes to RAM
 */
public record ServeRealm(Geometry geometry, int vcpus, boolean rejects) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        RecExit exit = cpu.ask(new AwaitRecExit(vcpus, geometry));
        boolean goesOn = switch (exit.reason()) {
            case SYNC_PROTECTED -> cpu.call(new BackPage(geometry, exit.gpa()));
            case SYNC_UNPROTECTED -> cpu.call(new MapAlias(geometry, exit.gpa()));
            case RIPAS_CHANGE -> rejects && exit.ripas() == Ripas.RAM || cpu.call(new ChangePages(geometry, exit));
            case SYNC_GRANULE_PROTECTION, PSCI, NONE -> false;
        };
        if (!goesOn) {
            return Done.DONE;
        }
        Frame rec = cpu.ask(new BackingGranule(Of.REC, exit.rec(), geometry.frames()));
        succeed(cpu, new RecCommand.Enter(rec, false, rejects));
        return cpu.again(this);
    }

    private static Frame realm(Cpu cpu, Geometry geometry) {
        return cpu.ask(new BackingGranule(Of.RD, 0, geometry.frames()));
    }

    /** Asks for what cannot fail. */
    private static void succeed(Cpu cpu, RmiCommand command) {
        RmiStatus status = cpu.ask(command);
        if (status != RmiStatus.RMI_SUCCESS) {
            throw new Panic("%s ends with %s".formatted(command.mnemonic(), status));
        }
    }

    private static Frame delegate(Cpu cpu, Geometry geometry) {
        Frame frame = cpu.call(new TakeGranule(geometry.frames()));
        succeed(cpu, new GranuleCommand.Delegate(frame));
        return frame;
    }

    /** Gives a page memory, unless it is there or the host has destroyed it. Answers whether the realm can go on. */
    record BackPage(Geometry geometry, long gpa) implements Routine<Boolean> {
        @Override
        public Boolean run(Cpu cpu) {
            Frame rd = realm(cpu, geometry);
            ReadEntry.Found found = cpu.ask(new ReadEntry(rd, gpa, Rtt.PAGE_LEVEL));
            if (found.hipas() == Hipas.ASSIGNED || found.ripas() != Ripas.RAM) {
                return found.ripas() != Ripas.DESTROYED;
            }
            if (found.level() != Rtt.PAGE_LEVEL) {
                cpu.call(new AddTable(geometry, gpa));
            }
            succeed(cpu, new DataCommand.CreateUnknown(rd, delegate(cpu, geometry), gpa));
            return true;
        }
    }

    /** Maps a frame of the host's at the page's unprotected alias. */
    record MapAlias(Geometry geometry, long gpa) implements Routine<Boolean> {
        @Override
        public Boolean run(Cpu cpu) {
            Frame rd = realm(cpu, geometry);
            long alias = gpa | Rtt.UNPROTECTED;
            ReadEntry.Found found = cpu.ask(new ReadEntry(rd, alias, Rtt.PAGE_LEVEL));
            if (found.level() != Rtt.PAGE_LEVEL) {
                cpu.call(new AddTable(geometry, alias));
            }
            if (found.hipas() != Hipas.ASSIGNED) {
                Frame frame = cpu.call(new TakeGranule(geometry.frames()));
                succeed(cpu, new RttCommand.MapUnprotected(rd, alias, Rtt.PAGE_LEVEL, frame));
            }
            return true;
        }
    }

    /** Adds the table of level 3 that covers an address. */
    record AddTable(Geometry geometry, long ipa) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            long block = geometry.hasLargePages() ? ipa & -Geometry.LARGE : ipa & Rtt.UNPROTECTED;
            Frame rd = realm(cpu, geometry);
            succeed(cpu, new RttCommand.Create(rd, delegate(cpu, geometry), block, Rtt.PAGE_LEVEL));
            return Done.DONE;
        }
    }

    /**
     * Does a change of RIPAS as far as one command comes, page by page where there are tables. What has become EMPTY
     * loses its memory, what has become RAM its alias.
     */
    record ChangePages(Geometry geometry, RecExit exit) implements Routine<Boolean> {
        @Override
        public Boolean run(Cpu cpu) {
            Frame rd = realm(cpu, geometry);
            Frame rec = cpu.ask(new BackingGranule(Of.REC, exit.rec(), geometry.frames()));
            int first = geometry.page(exit.gpa());
            long top = geometry.gpa(first + exit.pages() - 1) + Geometry.SMALL;
            RmiStatus status = cpu.ask(new RipasCommand.SetRipas(rd, rec, exit.gpa(), top));
            if (status == RmiStatus.RMI_ERROR_RTT_2) {
                cpu.call(new AddTable(geometry, exit.gpa()));
                return cpu.again(this);
            }
            for (int page = first; page < first + exit.pages(); page++) {
                if (exit.ripas() == Ripas.EMPTY) {
                    takeMemory(cpu, rd, geometry.gpa(page));
                } else {
                    takeAlias(cpu, rd, geometry.gpa(page));
                }
            }
            return true;
        }

        private void takeMemory(Cpu cpu, Frame rd, long gpa) {
            ReadEntry.Found found = cpu.ask(new ReadEntry(rd, gpa, Rtt.PAGE_LEVEL));
            if (found.hipas() == Hipas.ASSIGNED && found.ripas() == Ripas.EMPTY) {
                Frame frame = cpu.ask(new BackingGranule(Of.PRIVATE, gpa, geometry.frames()));
                succeed(cpu, new DataCommand.Destroy(rd, gpa));
                succeed(cpu, new GranuleCommand.Undelegate(frame));
            }
        }

        private void takeAlias(Cpu cpu, Frame rd, long gpa) {
            long alias = gpa | Rtt.UNPROTECTED;
            if (cpu.ask(new ReadEntry(rd, alias, Rtt.PAGE_LEVEL)).hipas() == Hipas.ASSIGNED) {
                succeed(cpu, new RttCommand.UnmapUnprotected(rd, alias, Rtt.PAGE_LEVEL));
            }
        }
    }
}
