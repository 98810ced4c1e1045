package org.ringfence.cli;

import java.nio.file.Path;
import java.util.Map;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.judge.Interrupt;

/** A command line of the program, for tests in other packages. */
public record Line(Path folder, Registry registry) {

    /** How it ended. */
    public record Ended(int exit, String out, String err) {}

    /** In a folder, with what cases can name. */
    public static Line in(Path folder, Registry registry) {
        return new Line(folder, registry);
    }

    /** Runs it. */
    public Ended run(String... arguments) {
        Session.Ran ran =
                new Session(folder, () -> registry, Map.of(), false, new Interrupt()).run(arguments);
        return new Ended(ran.exit(), ran.out(), ran.err());
    }
}
