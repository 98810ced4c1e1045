package org.ringfence.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Scene;
import org.ringfence.checker.random.Found;
import org.ringfence.checker.random.RandomRun;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.CaseWriter;
import org.ringfence.cli.casefile.Problem;
import org.ringfence.cli.casefile.Quoted;
import org.ringfence.cli.own.OwnSoftware;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Property;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Plays random sequences of operations and holds a platform's invariants against them. */
@Command(
        name = "random",
        description = "Plays random operations of everyone on a platform's machines, holds its invariants against each change, and "
                + "writes what breaks one as a case.",
        footer = "%nExit status: 0 nothing broke; 1 something did; 2 bad usage or input; "
                + "3 a limit or an interrupt came first; 70 a defect of Ringfence.%n")
final class RandomCommand extends RingfenceCommand {
    private static final long OPERATIONS = 10_000_000;

    @Mixin
    private final RandomOptions random = new RandomOptions();

    @Option(
            names = "--operations",
            paramLabel = "N",
            description = "How many operations are attempted; 10000000 by default.")
    private long operations = OPERATIONS;

    @Option(
            names = "--ablate",
            paramLabel = "GUARD",
            split = ",",
            description = "Switches this check of the platform off, or these.")
    private List<String> ablated = new ArrayList<>();

    @Option(names = "--out", paramLabel = "FILE", description = "Writes what breaks an invariant to this file too.")
    private @Nullable String outFile;

    RandomCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws BadInput {
        requirePositive("--operations", operations);
        OwnSoftware software = software();
        Platform platform = random.platform(software.registry(), this::wrong);
        Guards guards = new Guards(RandomOptions.guards(platform, ablated, this::wrong));
        long begun = System.nanoTime();
        Counting counting = new Counting(surroundings.err(), platform.name(), operations);
        RandomRun.Outcome outcome = RandomRun.run(platform, guards, operations, random.seed(), done -> {
            counting.show(done);
            return !surroundings.interrupt().isRequested();
        });
        double seconds = (System.nanoTime() - begun) / 1e9;
        tell(platform, outcome, seconds);
        software.usedBy(platform.name()).ifPresent(used -> surroundings.out().println("  " + used));
        Found found = outcome.found();
        if (found != null) {
            tell(found);
            return ExitStatus.UNMET;
        }
        return surroundings.interrupt().isRequested() ? ExitStatus.INCONCLUSIVE : ExitStatus.MET;
    }

    private void tell(Platform platform, RandomRun.Outcome outcome, double seconds) {
        PrintStream out = surroundings.out();
        Found found = outcome.found();
        out.println(String.format(
                Locale.ROOT,
                "%s: %,d operations in %.1f s, %,.0f a second, seed %d, on %s: %s",
                platform.name(),
                outcome.operations(),
                seconds,
                outcome.operations() / Math.max(seconds, 1e-3),
                random.seed(),
                String.join(", ", platform.scenes().stream().map(Scene::name).toList()),
                found == null ? "nothing broke" : "something broke"));
        if (found == null) {
            outcome.seen().forEach((operation, results) -> out.println("  %s: %s"
                    .formatted(operation, results.entrySet().stream()
                            .map(result -> String.format(Locale.ROOT, "%s %,d times", result.getKey(),
                                    result.getValue()))
                            .collect(Collectors.joining(", ")))));
        }
        out.flush();
    }

    private void tell(Found found) throws BadInput {
        PrintStream out = surroundings.out();
        Property property = found.property();
        out.println();
        out.println("%s, in the machine '%s': %s".formatted(
                property == null ? "an operation failed" : property.printed() + " violated",
                found.scene().name(),
                found.hurt().isEmpty() ? "by the last operation" : found.hurt()));
        out.println("%d operations, shrunk from %d turns:".formatted(found.operations(), found.turns()));
        for (int i = 0; i < found.steps().size(); i++) {
            Found.Attempt step = found.steps().get(i);
            out.println("  %2d  %-6s %s".formatted(i + 1, step.who(), step.operation()));
        }
        if (property != null) {
            String text = CaseWriter.write(found, property, command());
            out.println();
            out.print(text);
            if (outFile != null) {
                write(text, outFile);
            }
        }
        out.flush();
    }

    private String command() {
        return "ringfence random%s --platform %s --operations %d --seed %d%s".formatted(
                withOption(), random.platform(), operations, random.seed(),
                ablated.isEmpty() ? "" : " --ablate " + String.join(",", ablated));
    }

    private void write(String text, String file) throws BadInput {
        try {
            Path path = surroundings.workingDirectory().resolve(file);
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                Files.writeString(path, text); // a device or a pipe stays what it is
                return;
            }
            // Beside it, and renamed: whoever reads it meanwhile, or is interrupted, finds all of it or what was there
            // before.
            Path to = Files.exists(path) ? path.toRealPath() : path;
            Path beside = to.resolveSibling(to.getFileName() + ".new");
            Files.writeString(beside, text);
            Files.move(beside, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | InvalidPathException e) {
            throw new BadInput(new Problem(
                    Quoted.plain(file),
                    null,
                    "cannot be written (%s)".formatted(Quoted.plain(String.valueOf(e.getMessage())))));
        }
    }
}
