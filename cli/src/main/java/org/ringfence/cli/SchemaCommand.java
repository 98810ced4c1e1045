package org.ringfence.cli;

import java.util.concurrent.Callable;
import org.ringfence.cli.casefile.CaseSchema;
import picocli.CommandLine.Command;

/** Prints the schema of case files: {@code cases/case.schema.json} is its output. */
@Command(
        name = "schema",
        description = "Prints the JSON Schema of case files, for editors; cases/case.schema.json is its output.",
        mixinStandardHelpOptions = true,
        versionProvider = Ringfence.Version.class,
        footer = ExitStatus.IN_HELP)
final class SchemaCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    SchemaCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        surroundings.out().print(CaseSchema.print(surroundings.registry().get()));
        surroundings.out().flush();
        return ExitStatus.MET;
    }
}
