package org.ringfence.platform.tdx.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ringfence.checker.check.Options;
import org.ringfence.checker.check.Platform;
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
public record SmallMachine(Platform.Setting setting, Layout layout, Machine machine, State state,
        List<String> performed) {
    private static final TdxHostPlatform PLATFORM = new TdxHostPlatform();

    static SmallMachine of(int packages, Map<String, Object> options) {
        try {
            Record all = Options.with(PLATFORM.options(), options);
            Actor host = new Actor(0, Principal.HOST, "host");
            Platform.Setting setting = new Platform.Setting(
                    new Geometry(1, 2 * packages, 1), all, List.of(host), ThreatModel.parse("honest-host"),
                    Guards.allOn());
            Layout.Placed<Machine> placed = Layout.of(
                    Layout.Storage.PACKED, 2 * packages, 1, declaration -> PLATFORM.declare(declaration, setting));
            State state = placed.layout().newState();
            PLATFORM.begin(state, placed.machine(), setting);
            return new SmallMachine(setting, placed.layout(), placed.machine(), state, new ArrayList<>());
        } catch (Options.BadOption bad) {
            throw new AssertionError(bad.sentence(), bad);
        }
    }

    List<Family> families() {
        return PLATFORM.families(machine, setting, setting.threat());
    }

    <V> V run(Routine<V> routine) {
        return StraightCpu.run(machine, state, setting.actors().getFirst(), routine,
                (operation, code, marks) -> performed
                        .add(operation.mnemonic() + " = " + operation.results().print(code)));
    }
}
