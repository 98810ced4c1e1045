package org.ringfence.cli;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.CaseFile;
import org.ringfence.cli.casefile.Reading;
import org.ringfence.cli.own.Bundle;
import org.ringfence.cli.own.OwnSoftware;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Names cases with their questions. */
@Command(
        name = "list",
        description = "Names the cases of the catalogue with their questions, or the routines that actors of a case can run.",
        footer = "%nExit status: 0 done; 2 bad usage or input; "
                + "3 a limit or an interrupt came first; 70 a defect of Ringfence.%n")
final class ListCommand extends RingfenceCommand {
    @Parameters(paramLabel = "CASE|GLOB|FILE", description = "Only these; every case when none is named.")
    private List<String> cases = new ArrayList<>();

    @Option(names = "--routines",
            description = "Names the routines and what they do; 'ringfence explain ROUTINE' tells their options.")
    private boolean routines;

    ListCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws BadInput {
        OwnSoftware software = software();
        Registry registry = software.registry();
        if (routines) {
            if (!cases.isEmpty()) {
                throw wrong("--routines names every routine; no case can be named beside it");
            }
            for (Registry.Entry entry : registry.routines()) {
                surroundings.out().println("%-24s  %s".formatted(entry.name(), entry.summary()));
            }
            brought(software);
            return ExitStatus.MET;
        }
        List<Reading> readings = Reading.all(registry, surroundings.catalogue(), cases, surroundings::goesOn);
        int width = readings.stream().mapToInt(one -> one.name().length()).max().orElse(0);
        int status = ExitStatus.MET;
        for (Reading reading : readings) {
            switch (reading) {
                case Reading.Read(CaseFile file) ->
                    surroundings.out().println(file.name() + " ".repeat(width - file.name().length() + 2)
                            + file.subject().question());
                case Reading.Refused refused -> status = Math.max(status, tell(refused));
                case Reading.Broken broken -> status = Math.max(status, tell(broken));
            }
        }
        brought(software);
        return surroundings.goesOn() ? status : Math.max(status, ExitStatus.INCONCLUSIVE);
    }

    /** What --with adds to what cases can name. */
    private void brought(OwnSoftware software) {
        for (Bundle bundle : software.bundles()) {
            surroundings.out().println();
            surroundings.out().println("brought by " + bundle);
            software.platforms().forEach((name, from) -> {
                if (from.equals(bundle)) {
                    surroundings.out().println("  platform " + name);
                }
            });
            for (Registry.Entry entry : software.registry().routines()) {
                if (bundle.equals(software.routines().get(entry.name()))) {
                    surroundings.out().println("  routine %s: %s".formatted(entry.name(), entry.summary()));
                }
            }
        }
        surroundings.out().flush();
    }
}
