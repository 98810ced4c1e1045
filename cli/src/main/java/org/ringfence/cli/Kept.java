package org.ringfence.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.Problem;
import picocli.CommandLine;

/**
 * A folder in which {@code check --checkpoint} keeps its searches: beside them, what the command line asked for, so
 * that {@code check --resume} need not be told again.
 */
record Kept(Path folder) {
    private static final String ARGUMENTS = "arguments";
    private static final List<String> OWN = List.of("--checkpoint", "--resume");

    static Kept in(Path folder) {
        return new Kept(folder);
    }

    /** Keeps the arguments of {@code check}, one a line. */
    void keep(List<String> arguments) throws BadInput {
        try {
            Files.createDirectories(folder);
            Files.write(folder.resolve(ARGUMENTS), without(arguments));
        } catch (IOException e) {
            throw wrong("searches cannot be kept there: " + e.getMessage());
        }
    }

    /** Runs {@code check} with the arguments kept and, behind them, those given now. */
    int again(CheckCommand check, List<String> now) throws BadInput {
        List<String> all = new ArrayList<>();
        try {
            all.addAll(Files.readAllLines(folder.resolve(ARGUMENTS)));
        } catch (IOException e) {
            throw wrong("no searches are kept there: it has no file '%s' that can be read".formatted(ARGUMENTS));
        }
        if (all.stream().allMatch(argument -> argument.startsWith("-"))) {
            all.add("*");
        }
        all.addAll(now);
        CommandLine line = new CommandLine(check).setOverwrittenOptionsAllowed(true);
        line.parseArgs(all.toArray(String[]::new));
        return check.call();
    }

    private static List<String> without(List<String> arguments) {
        List<String> rest = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (OWN.contains(argument)) {
                i++;
            } else if (OWN.stream().noneMatch(own -> argument.startsWith(own + "="))) {
                rest.add(argument);
            }
        }
        return rest;
    }

    private BadInput wrong(String sentence) {
        return new BadInput(new Problem(folder.toString(), null, sentence));
    }
}
