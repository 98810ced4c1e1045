package org.ringfence.cli;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.CaseReader;
import org.ringfence.cli.casefile.Catalogue;
import org.ringfence.cli.report.Explanation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Tells what a case is about. */
@Command(
        name = "explain",
        description = "Tells what a case asks, of which machine and software, with which options, and what must come out.")
final class ExplainCommand extends RingfenceCommand {
    @Parameters(
            arity = "1..*",
            paramLabel = "CASE",
            description = "A case such as acceptance/reaccept-fatal, a glob, or a YAML file.")
    private List<String> cases = new ArrayList<>();

    ExplainCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws BadInput {
        Registry registry = surroundings.registry().get();
        boolean first = true;
        for (Catalogue.Named named : surroundings.catalogue().select(cases)) {
            if (!first) {
                surroundings.out().println();
            }
            first = false;
            new Explanation(
                    CaseReader.read(registry, named.path(), named.file(), named.name()),
                    registry,
                    surroundings.paint())
                    .print(surroundings.out());
        }
        return ExitStatus.MET;
    }
}
