package org.ringfence.cli;

import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.CaseSchema;
import picocli.CommandLine.Command;

/** Prints the schema of case files: {@code cases/case.schema.json} is its output. */
@Command(
        name = "schema",
        description = "Prints the JSON Schema of case files, for editors; cases/case.schema.json is its output.",
        footer = "%nExit status: 0 done; 2 bad usage; 70 a defect of Ringfence.%n")
final class SchemaCommand extends RingfenceCommand {
    SchemaCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws BadInput {
        surroundings.out().print(CaseSchema.print(software().registry()));
        surroundings.out().flush();
        return ExitStatus.MET;
    }
}
