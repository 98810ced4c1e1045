package org.ringfence.machine.cca.adversary;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.cca.Cca;
import org.ringfence.machine.cca.rmi.DataCommand;
import org.ringfence.machine.cca.rmi.GranuleCommand;
import org.ringfence.machine.cca.rmi.RecCommand;
import org.ringfence.machine.cca.rmi.RipasCommand;
import org.ringfence.machine.cca.rmi.RmiCommand;
import org.ringfence.machine.cca.rmi.RttCommand;
import org.ringfence.machine.cca.rtt.Rtt;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.adversary.MemoryAdversary;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.NumberedFamily;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;

/**
 * What a host may draw from once a realm runs: every command that changes anything, with every operand. What a command
 * refuses changes nothing and is left out. Realms and RECs are neither made nor ended: where the guest's is gone there
 * is nobody left to be hurt.
 */
public final class CcaAdversary {
    private CcaAdversary() {}

    /** A host that does what it likes with a realm, and with every frame as whatever a command asks for. */
    public static List<Family> maliciousHost(Machine machine) {
        Cca cca = machine.part(Cca.class);
        List<Family> families = new ArrayList<>(MemoryAdversary.maliciousHost(machine));
        families.add(family(machine, granules(cca)));
        families.add(family(machine, tables(cca)));
        families.add(family(machine, data(cca)));
        families.add(family(machine, unprotected(cca)));
        families.add(family(machine, ripas(cca)));
        families.add(family(machine, entries(cca)));
        return List.copyOf(families);
    }

    /** A host that reads what it can. */
    public static List<Family> retroactiveHost(Machine machine) {
        return MemoryAdversary.retroactiveHost(machine);
    }

    /** Host software without privilege, which reaches memory as the host does. */
    public static List<Family> maliciousVmm(Machine machine) {
        return MemoryAdversary.maliciousVmm(machine);
    }

    /** A device that reads and writes what the granule protection check lets it. */
    public static List<Family> maliciousDevice(Machine machine) {
        return MemoryAdversary.maliciousDevice(machine);
    }

    private static Family family(Machine machine, List<RmiCommand> commands) {
        return NumberedFamily.trying(Principal.HOST, machine, List.<Operation<?>>copyOf(commands));
    }

    private static List<RmiCommand> granules(Cca cca) {
        List<RmiCommand> all = new ArrayList<>();
        for (Frame frame : frames(cca)) {
            all.add(new GranuleCommand.Delegate(frame));
            all.add(new GranuleCommand.Undelegate(frame));
        }
        return all;
    }

    private static List<RmiCommand> tables(Cca cca) {
        List<RmiCommand> all = new ArrayList<>();
        for (Frame rd : frames(cca)) {
            for (int place = 0; place < cca.rtt().places(); place += cca.rtt().span()) {
                long ipa = cca.rtt().ipa(place);
                frames(cca).forEach(frame -> all.add(new RttCommand.Create(rd, frame, ipa, Rtt.PAGE_LEVEL)));
                all.add(new RttCommand.Destroy(rd, ipa, Rtt.PAGE_LEVEL));
                all.add(new RttCommand.Fold(rd, ipa, Rtt.PAGE_LEVEL));
            }
        }
        return all;
    }

    private static List<RmiCommand> data(Cca cca) {
        List<RmiCommand> all = new ArrayList<>();
        for (Frame rd : frames(cca)) {
            for (int page = 0; page < cca.geometry().pages(); page++) {
                long ipa = cca.rtt().ipa(page);
                frames(cca).forEach(frame -> all.add(new DataCommand.CreateUnknown(rd, frame, ipa)));
                all.add(new DataCommand.Destroy(rd, ipa));
            }
        }
        return all;
    }

    private static List<RmiCommand> unprotected(Cca cca) {
        List<RmiCommand> all = new ArrayList<>();
        int least = cca.geometry().hasLargePages() ? Rtt.BLOCK_LEVEL : Rtt.PAGE_LEVEL;
        for (Frame rd : frames(cca)) {
            for (int place = cca.geometry().pages(); place < cca.rtt().places(); place++) {
                long ipa = cca.rtt().ipa(place);
                for (int level = least; level <= Rtt.PAGE_LEVEL; level++) {
                    int at = level;
                    frames(cca).forEach(frame -> all.add(new RttCommand.MapUnprotected(rd, ipa, at, frame)));
                    all.add(new RttCommand.UnmapUnprotected(rd, ipa, level));
                }
            }
        }
        return all;
    }

    private static List<RmiCommand> ripas(Cca cca) {
        List<RmiCommand> all = new ArrayList<>();
        for (Frame rd : frames(cca)) {
            for (Frame rec : frames(cca)) {
                for (int page = 0; page < cca.geometry().pages(); page++) {
                    for (int last = page; last < cca.geometry().pages(); last++) {
                        long top = cca.rtt().ipa(last) + Geometry.SMALL;
                        all.add(new RipasCommand.SetRipas(rd, rec, cca.rtt().ipa(page), top));
                    }
                }
            }
        }
        return all;
    }

    private static List<RmiCommand> entries(Cca cca) {
        List<RmiCommand> all = new ArrayList<>();
        for (Frame rec : frames(cca)) {
            all.add(new RecCommand.Enter(rec, false, false));
            all.add(new RecCommand.Enter(rec, false, true));
            all.add(new RecCommand.Enter(rec, true, false));
        }
        return all;
    }

    private static List<Frame> frames(Cca cca) {
        List<Frame> all = new ArrayList<>();
        for (int frame = 0; frame < cca.geometry().frames(); frame++) {
            all.add(new Frame(frame));
        }
        return all;
    }
}
