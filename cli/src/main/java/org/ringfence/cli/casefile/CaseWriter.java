package org.ringfence.cli.casefile;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.ringfence.checker.check.ActorSpec;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.check.Scene;
import org.ringfence.checker.random.Found;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Property;

/**
 * Writes what a random run has broken as a case whose actors follow scripts, so that {@code check} judges it and it can
 * be kept.
 */
public final class CaseWriter {
    private CaseWriter() {}

    /**
     * The text of the case.
     *
     * @param property what it breaks
     * @param asked the command that found it
     */
    public static String write(Found found, Property property, String asked) {
        Scene scene = found.scene();
        MachineSpec machine = scene.machine();
        StringBuilder text = new StringBuilder();
        line(text, "# yaml-language-server: $schema=../case.schema.json");
        line(text, "question: Can these operations in some order break %s on %s%s?".formatted(
                property.printed(),
                found.platform(),
                found.guards().anyOff() ? " without " + found.guards().names() : ""));
        line(text, "asked: %s".formatted(asked));
        line(text, "machine: {pages: %d, frames: %d, small-pages-per-large: %d}"
                .formatted(machine.pages(), machine.frames(), machine.smallPerLarge()));
        line(text, "platforms:");
        line(text, "  %s: {%s}".formatted(found.platform(), platform(found)));
        line(text, "actors:");
        for (int i = 0; i < scene.cast().size(); i++) {
            Scene.Role role = scene.cast().get(i);
            line(text, "  - name: " + role.name());
            line(text, "    principal: " + role.principal());
            if (role.vmpl() != Actor.usualVmpl(role.principal())) {
                line(text, "    vmpl: " + role.vmpl());
            }
            if (role.cpu() != ActorSpec.OWN_CPU) {
                line(text, "    cpu: " + role.cpu());
            }
            List<String> script = found.scripts().get(i);
            line(text, "    script:" + (script.isEmpty() ? " []" : ""));
            script.forEach(operation -> line(text, "      - " + operation));
        }
        line(text, "expect:");
        line(text, "  - {threat: honest-host, platform: %s, violated: [%s]}"
                .formatted(found.platform(), property.printed()));
        return text.toString();
    }

    private static String platform(Found found) {
        String options = found.scene().options().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(option -> option.getKey() + ": " + option.getValue())
                .collect(Collectors.joining(", "));
        String off = found.guards().anyOff() ? "%s: [%s]".formatted(CaseReader.ABLATE, found.guards().names()) : "";
        return options.isEmpty() || off.isEmpty() ? options + off : options + ", " + off;
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append('\n');
    }
}
