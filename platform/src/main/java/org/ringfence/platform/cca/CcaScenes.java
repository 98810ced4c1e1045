package org.ringfence.platform.cca;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.check.Scene;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;

/** The machines of Arm CCA for random runs, each with something that the others have not. */
final class CcaScenes {
    private static final Scene.Role VCPU = new Scene.Role("vcpu0", Principal.GUEST);
    private static final Scene.Role OTHER_VCPU = new Scene.Role("vcpu1", Principal.GUEST);
    private static final Scene.Role HOST = new Scene.Role("host", Principal.HOST);
    private static final List<Scene.Role> ONE = List.of(VCPU, HOST);
    private static final List<Scene.Role> TWO = List.of(VCPU, OTHER_VCPU, HOST);

    private static final Set<Property> ALWAYS = EnumSet.of(
            Property.CONFIDENTIALITY,
            Property.INTEGRITY,
            Property.FRESHNESS,
            Property.INJECTIVITY,
            Property.ACCOUNTING);

    private CcaScenes() {}

    static List<Scene> all() {
        return List.of(
                scene("4K pages", new MachineSpec(2, 8, 1), ONE, Map.of()),
                scene("2M pages", new MachineSpec(4, 14, 2), ONE, Map.of()),
                scene("from RMI_REALM_CREATE", new MachineSpec(2, 8, 2), ONE, Map.of("launched", false)),
                scene("two realms", new MachineSpec(1, 9, 1), ONE, Map.of("realms", 2)),
                scene(
                        "two planes",
                        new MachineSpec(2, 8, 1),
                        TWO,
                        Map.of("planes", 2, "wipe", "when-undelegated")));
    }

    private static Scene scene(String name, MachineSpec machine, List<Scene.Role> cast, Map<String, Object> options) {
        return new Scene(name, machine, options, cast, ALWAYS);
    }
}
