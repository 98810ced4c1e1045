package org.ringfence.platform.tdx.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ringfence.checker.check.Assembly;
import org.ringfence.checker.check.Options;
import org.ringfence.checker.check.ThreatModel;
import org.ringfence.checker.run.StraightCpu;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.platform.tdx.TdxHostPlatform;

/** A host with few frames, as the platform of cases assembles it, and all that happened on it. */
public record SmallMachine(Assembly assembly, Layout layout, Machine machine, State state,
        List<String> performed) {
    private static final TdxHostPlatform PLATFORM = new TdxHostPlatform();

    static SmallMachine of(int packages, Map<String, Object> options) {
        try {
            Record all = Options.with(PLATFORM.options(), options);
            Actor host = new Actor(0, Principal.HOST, "host");
            Assembly assembly = Assembly.of(
                    PLATFORM,
                    new Geometry(1, 2 * packages, 1), all, List.of(host), ThreatModel.parse("honest-host"),
                    Guards.allOn(),
                    List.of());
            Layout.Placed<Machine> placed = Layout.of(
                    Layout.Storage.PACKED, 2 * packages, 1, assembly::declare);
            State state = placed.layout().newState();
            assembly.begin(state, placed.machine());
            return new SmallMachine(assembly, placed.layout(), placed.machine(), state, new ArrayList<>());
        } catch (Options.BadOption bad) {
            throw new AssertionError(bad.sentence(), bad);
        }
    }

    List<Family> families() {
        return assembly.families(machine);
    }

    <V> V run(Routine<V> routine) {
        return StraightCpu.run(machine, state, assembly.setting().cast().actors().getFirst(), routine,
                (operation, code, marks) -> performed
                        .add(operation.mnemonic() + " = " + operation.results().print(code)));
    }
}
