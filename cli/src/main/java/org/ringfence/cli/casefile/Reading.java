package org.ringfence.cli.casefile;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.ringfence.checker.check.Registry;

/** A case that was asked for, and what came of reading it. What is wrong with one is no matter of the others'. */
public sealed interface Reading {
    /** The case's name; what the user wrote, where there is no such case. */
    String name();

    /** What sentences call its file. */
    String file();

    /** It can be checked. */
    record Read(CaseFile read) implements Reading {
        @Override
        public String name() {
            return read.name();
        }

        @Override
        public String file() {
            return read.file();
        }
    }

    /** It cannot be used. */
    record Refused(String name, String file, Problem problem) implements Reading {}

    /** Reading it threw: a defect of Ringfence. */
    record Broken(String name, String file, Throwable thrown) implements Reading {}

    /**
     * Reads the cases that {@code arguments} name, each once; every case when there are no arguments.
     *
     * @param goOn asked before each; those that are left when it is false are not read
     * @throws BadInput when there is no catalogue to read all of
     */
    static List<Reading> all(
            Registry registry, Catalogue catalogue, List<String> arguments, BooleanSupplier goOn) throws BadInput {
        List<Reading> readings = new ArrayList<>();
        Set<Path> seen = new LinkedHashSet<>();
        if (arguments.isEmpty()) {
            add(registry, catalogue.select(arguments), seen, goOn, readings);
            return readings;
        }
        for (String argument : new LinkedHashSet<>(arguments)) {
            try {
                add(registry, catalogue.select(List.of(argument)), seen, goOn, readings);
            } catch (BadInput unknown) {
                readings.add(new Refused(argument, argument, unknown.problem()));
            }
        }
        return readings;
    }

    private static void add(
            Registry registry, List<Catalogue.Named> named, Set<Path> seen, BooleanSupplier goOn,
            List<Reading> readings) {
        for (Catalogue.Named one : named) {
            if (!goOn.getAsBoolean()) {
                return;
            }
            if (seen.add(one.path())) {
                readings.add(of(registry, one));
            }
        }
    }

    private static Reading of(Registry registry, Catalogue.Named named) {
        try {
            return new Read(CaseReader.read(registry, named.path(), named.file(), named.name()));
        } catch (BadInput bad) {
            return new Refused(named.name(), named.file(), bad.problem());
        } catch (RuntimeException | AssertionError | StackOverflowError thrown) {
            return new Broken(named.name(), named.file(), thrown);
        }
    }
}
