package org.ringfence.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.casefile.Quoted;
import org.ringfence.machine.operation.Guard;
import picocli.CommandLine.ParameterException;

/** Platforms with machines for random runs, and their guards, by name. */
final class Playable {
    private Playable() {}

    static Platform platform(Registry registry, String name, Function<String, ParameterException> wrong) {
        List<Platform> playable =
                registry.platforms().stream().filter(platform -> !platform.scenes().isEmpty()).toList();
        return playable.stream()
                .filter(platform -> platform.name().equals(name))
                .findFirst()
                .orElseThrow(() -> wrong.apply("unknown platform %s; allowed are %s"
                        .formatted(
                                Quoted.of(name),
                                String.join(", ", playable.stream().map(Platform::name).toList()))));
    }

    static List<Guard> guards(Platform platform, List<String> names, Function<String, ParameterException> wrong) {
        List<Guard> guards = new ArrayList<>();
        for (String name : names) {
            guards.add(platform.guards().stream()
                    .filter(guard -> guard.printed().equals(name))
                    .findFirst()
                    .orElseThrow(() -> wrong.apply("unknown guard %s of platform %s; allowed are %s"
                            .formatted(
                                    Quoted.of(name),
                                    platform.name(),
                                    String.join(
                                            ", ",
                                            platform.guards().stream().map(Guard::printed).toList())))));
        }
        return guards;
    }
}
