package org.ringfence.cli;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.CaseFile;
import org.ringfence.cli.casefile.CaseReader;
import org.ringfence.cli.casefile.Catalogue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Names cases with their questions. */
@Command(
        name = "list",
        description = "Names the cases of the catalogue with their questions.")
final class ListCommand extends RingfenceCommand {
    @Parameters(paramLabel = "CASE|GLOB|FILE", description = "Only these; every case when none is named.")
    private List<String> cases = new ArrayList<>();

    ListCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws BadInput {
        Registry registry = surroundings.registry().get();
        List<Catalogue.Named> named = surroundings.catalogue().select(cases);
        int width = named.stream().mapToInt(one -> one.name().length()).max().orElse(0);
        int status = ExitStatus.MET;
        for (Catalogue.Named one : named) {
            try {
                CaseFile file = CaseReader.read(registry, one.path(), one.file(), one.name());
                surroundings.out().println(one.name() + " ".repeat(width - one.name().length() + 2)
                        + file.subject().question());
            } catch (BadInput bad) {
                surroundings.err().println(bad.problem());
                status = ExitStatus.BAD_INPUT;
            }
        }
        return status;
    }
}
