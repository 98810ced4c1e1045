package org.ringfence.cli.casefile;

import java.util.List;
import java.util.Map;
import org.ringfence.checker.check.Case;
import org.ringfence.checker.check.Registry;

/**
 * A case as read from its file.
 *
 * @param file as the user would name it
 * @param note what the author adds; empty when nothing
 * @param software what each actor runs, in the order of the actors
 * @param places where in the file things are said, for what turns out wrong only while checking
 */
public record CaseFile(Case subject, String file, String note, List<Software> software, Places places) {

    /** What an actor runs, as the case says it. */
    public sealed interface Software {
        /**
         * A routine and the options it is given here.
         *
         * @param options of the type of the entry's prototype
         */
        record OfRoutine(Registry.Entry entry, Record options) implements Software {}

        /** Operations one after the other. */
        record OfScript(List<String> operations) implements Software {
            public OfScript {
                operations = List.copyOf(operations);
            }
        }
    }

    /**
     * Where things are said.
     *
     * @param machine the machine's size
     * @param platforms each platform's options, by its name
     * @param routines each actor's routine or script
     * @param expectations each expectation
     */
    public record Places(
            Position machine,
            Map<String, Position> platforms,
            List<Position> routines,
            List<Position> expectations) {
        public Places {
            platforms = Map.copyOf(platforms);
            routines = List.copyOf(routines);
            expectations = List.copyOf(expectations);
        }
    }

    public CaseFile {
        software = List.copyOf(software);
    }

    /** The case's name. */
    public String name() {
        return subject.name();
    }

    /** A problem at a place in this file. */
    public Problem problem(Position at, String sentence) {
        return new Problem(file, at, sentence);
    }
}
