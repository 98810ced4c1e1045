package org.ringfence.platform.snp;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.check.Scene;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;

/** The machines of SEV-SNP for random runs, each with a part that the others have not. */
public final class SnpScenes {
    private static final Scene.Role VCPU = new Scene.Role("vcpu0", Principal.GUEST);
    private static final Scene.Role OTHER_VCPU = new Scene.Role("vcpu1", Principal.GUEST);
    private static final Scene.Role INNER = new Scene.Role("l2", Principal.INNER_GUEST);
    private static final Scene.Role HOST = new Scene.Role("host", Principal.HOST);
    private static final List<Scene.Role> CAST = List.of(VCPU, INNER, HOST);

    private static final List<Scene.Role> EVERY = List.of(
            VCPU,
            INNER,
            new Scene.Role("vmpl3", Principal.INNER_GUEST, 3),
            HOST);

    private static final List<Scene.Role> SERVED = List.of(VCPU, HOST);

    private static final Set<Property> ALWAYS = EnumSet.of(
            Property.CONFIDENTIALITY,
            Property.INTEGRITY,
            Property.FRESHNESS,
            Property.INJECTIVITY,
            Property.ACCOUNTING);

    private SnpScenes() {}

    static List<Scene> all() {
        return List.of(
                scene("4K pages", new MachineSpec(2, 3, 1), CAST, Map.of("l2", true)),
                scene("2M pages", new MachineSpec(4, 6, 2), CAST, Map.of("l2", true)),
                scene("immutable pages", new MachineSpec(4, 4, 2), CAST, Map.of("l2", true, "immutable", true)),
                scene("every VMPL", new MachineSpec(2, 2, 2), EVERY, Map.of("l2", true, "all-vmpls", true)),
                scene(
                        "VMSA pages",
                        new MachineSpec(2, 2, 2),
                        List.of(VCPU, OTHER_VCPU, INNER, HOST),
                        Map.of("l2", true, "vmsa-pages", true)),
                scene("from SNP_INIT", new MachineSpec(2, 4, 1), SERVED, Map.of("firmware", "off")),
                scene(
                        "from SNP_INIT in steps",
                        new MachineSpec(2, 4, 1),
                        List.of(VCPU, HOST, new Scene.Role("host1", Principal.HOST)),
                        Map.of("firmware", "off", "steps", true)),
                scene("two guests", new MachineSpec(2, 6, 1), SERVED, Map.of("firmware", "running")),
                scene("two guests with 2M pages", new MachineSpec(2, 6, 2), SERVED, Map.of("firmware", "running")),
                scene("swapping", new MachineSpec(1, 6, 1), SERVED, Map.of("firmware", "running", "swaps", true)),
                scene(
                        "swapping 2M pages",
                        new MachineSpec(2, 8, 2),
                        SERVED,
                        Map.of("firmware", "running", "swaps", true)));
    }

    private static Scene scene(String name, MachineSpec machine, List<Scene.Role> cast, Map<String, Object> options) {
        return new Scene(name, machine, options, cast, ALWAYS);
    }
}
