package org.ringfence.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.casefile.Quoted;
import org.ringfence.machine.operation.Guard;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Of commands that play random sequences on the machines of a platform. */
final class RandomOptions {
    @Option(names = "--platform", paramLabel = "NAME", required = true, description = "Of which protection.")
    private String platform = "";

    @Option(names = "--seed", paramLabel = "S",
            description = "Which sequences: the same number, the same ones; 1 by default.")
    private long seed = 1;

    String platform() {
        return platform;
    }

    long seed() {
        return seed;
    }

    /** The platform named, which must have machines for random sequences. */
    Platform platform(Registry registry, Function<String, ParameterException> wrong) {
        List<Platform> playable =
                registry.platforms().stream().filter(one -> !one.scenes().isEmpty()).toList();
        return playable.stream()
                .filter(one -> one.name().equals(platform))
                .findFirst()
                .orElseThrow(() -> wrong.apply("unknown platform %s; allowed are %s"
                        .formatted(
                                Quoted.of(platform),
                                String.join(", ", playable.stream().map(Platform::name).toList()))));
    }

    /** Its guards of these names. */
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
