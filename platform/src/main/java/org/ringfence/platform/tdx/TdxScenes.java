package org.ringfence.platform.tdx;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.check.Scene;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;

/** The machines on which random sequences try a TD. */
public final class TdxScenes {
    private TdxScenes() {}

    static List<Scene> all() {
        Set<Property> always = EnumSet.of(
                Property.CONFIDENTIALITY,
                Property.INTEGRITY,
                Property.FRESHNESS,
                Property.INJECTIVITY,
                Property.ACCOUNTING);
        List<Scene.Role> cast = List.of(
                new Scene.Role("vcpu0", Principal.GUEST),
                new Scene.Role("vcpu1", Principal.GUEST),
                new Scene.Role("host", Principal.HOST));
        List<Scene.Role> alone =
                List.of(new Scene.Role("vcpu0", Principal.GUEST), Scene.Role.onCpu(0), Scene.Role.onCpu(1));
        List<Scene.Role> withL2 = new ArrayList<>(cast);
        withL2.add(2, new Scene.Role("l2", Principal.INNER_GUEST));
        List<Scene.Role> onEveryCpu = new ArrayList<>(cast.subList(0, 2));
        IntStream.rangeClosed(0, 2).mapToObj(Scene.Role::onCpu).forEach(onEveryCpu::add);
        List<Scene.Role> threads = new ArrayList<>(cast);
        threads.add(new Scene.Role("host1", Principal.HOST));
        return List.of(
                new Scene("4K pages", new MachineSpec(2, 3, 1), Map.of("tlbs", true, "map-gpa-retry", true), cast,
                        always),
                new Scene(
                        "2M pages",
                        new MachineSpec(4, 6, 2),
                        Map.of("interrupts", true, "tables", true, "sept-pages", false, "tlbs", true),
                        cast,
                        always),
                new Scene(
                        "leaves in steps",
                        new MachineSpec(2, 3, 1),
                        Map.of("steps", true, "tlbs", true),
                        threads,
                        always),
                new Scene(
                        "leaves in steps with 2M pages",
                        new MachineSpec(4, 6, 2),
                        Map.of("steps", true, "interrupts", true, "tables", true, "sept-pages", false),
                        threads,
                        always),
                new Scene(
                        "leaves in steps from TDH.MNG.INIT",
                        new MachineSpec(2, 20, 1),
                        Map.of("life", true, "steps", true),
                        onEveryCpu,
                        always),
                new Scene("locks", new MachineSpec(2, 2, 2), Map.of("entry-locks", true, "td-locks", true), cast,
                        always),
                new Scene(
                        "with an L2",
                        new MachineSpec(2, 2, 1),
                        Map.of("l2", true, "tlbs", true),
                        withL2,
                        EnumSet.of(Property.INJECTIVITY, Property.ACCOUNTING, Property.INTEGRITY)),
                new Scene(
                        "from TDH.MNG.INIT",
                        new MachineSpec(2, 20, 1),
                        Map.of("life", true, "tlbs", true),
                        onEveryCpu,
                        always),
                new Scene(
                        "from TDH.MNG.INIT with 2M pages",
                        new MachineSpec(4, 24, 2),
                        Map.of("life", true, "tlbs", true, "tables", true, "sept-pages", false),
                        alone,
                        always),
                new Scene(
                        "from TDH.MNG.INIT with dynamic PAMT",
                        new MachineSpec(4, 36, 2),
                        Map.of("life", true, "dynamic-pamt", true, "tables", true, "sept-pages", false),
                        alone,
                        always),
                new Scene(
                        "from CPU to CPU",
                        new MachineSpec(2, 3, 1),
                        Map.of("association", true, "tlbs", true),
                        onEveryCpu,
                        always),
                new Scene(
                        "two TDs",
                        new MachineSpec(2, 3, 1),
                        Map.of("tds", 2, "association", true, "tlbs", true),
                        onEveryCpu,
                        always));
    }
}
