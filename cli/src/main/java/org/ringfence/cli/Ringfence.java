package org.ringfence.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.Problem;
import org.ringfence.cli.casefile.Quoted;
import org.ringfence.cli.judge.CaseResult;
import org.ringfence.cli.judge.Interrupt;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program's entry: reads the command line and ends with the command's exit status. */
@Command(
        name = "ringfence",
        description = "What a hostile host can do to a confidential virtual machine's memory.",
        mixinStandardHelpOptions = true,
        versionProvider = Ringfence.Version.class,
        footer = ExitStatus.IN_HELP)
public final class Ringfence implements Runnable {
    /** Lists of what is allowed are long; what the user wrote may be longer. */
    private static final int MOST_OF_A_SENTENCE = 2_000;

    @Spec
    private @Nullable CommandSpec spec;

    private Ringfence() {}

    public static void main(String[] arguments) {
        // What is printed is the same everywhere, and can be read again.
        Locale.setDefault(Locale.ROOT);
        Output output = new Output(FileDescriptor.out);
        PrintStream out = stream(output);
        PrintStream err = new PrintStream(new Output(FileDescriptor.err), true, StandardCharsets.UTF_8);
        Interrupt interrupt = new Interrupt();
        ProcessExit ending = new ProcessExit(interrupt, err);
        ending.prepare();
        Surroundings surroundings = new Surroundings(
                out,
                err,
                () -> Terminal.is(Terminal.OUT),
                () -> Terminal.is(Terminal.ERR),
                Path.of(System.getProperty("ringfence.home", "")).toAbsolutePath(),
                Path.of("").toAbsolutePath(),
                System.getenv(),
                Registry::found,
                interrupt);
        int status = run(surroundings, arguments);
        // Results that nobody could read decide nothing.
        if (out.checkError() && status == ExitStatus.MET) {
            status = ExitStatus.INCONCLUSIVE;
        }
        if (output.failure() != null) {
            err.println("ringfence: the results cannot be written: " + output.failure());
        }
        err.flush();
        ending.with(ExitStatus.told(status));
    }

    /** Results are UTF-8 whatever the locale. Buffered, and flushed by whoever wants to be read at once. */
    private static PrintStream stream(Output output) {
        return new PrintStream(new BufferedOutputStream(output), false, StandardCharsets.UTF_8);
    }

    /** Runs a command line; answers the exit status. Nothing is thrown. */
    static int run(Surroundings surroundings, String... arguments) {
        CommandLine line = commandLine(surroundings);
        try {
            return line.execute(arguments);
        } catch (RuntimeException | Error defect) {
            return failed(surroundings, line, defect);
        }
    }

    /** What was thrown is a defect, unless it comes from the software that --with brings; answers the exit status. */
    private static int failed(Surroundings surroundings, CommandLine line, Throwable thrown) {
        for (CommandLine command : line.getSubcommands().values()) {
            if (command.getCommand() instanceof RingfenceCommand one) {
                Optional<Problem> blamed = one.toBlame(thrown);
                if (blamed.isPresent()) {
                    surroundings.err().println(blamed.get());
                    return ExitStatus.BAD_INPUT;
                }
            }
        }
        return defect(surroundings, thrown);
    }

    private static CommandLine commandLine(Surroundings surroundings) {
        CommandLine line = new CommandLine(new Ringfence())
                .addSubcommand(new CheckCommand(surroundings))
                .addSubcommand(new RunCommand(surroundings))
                .addSubcommand(new PlanCommand(surroundings))
                .addSubcommand(new ListCommand(surroundings))
                .addSubcommand(new ExplainCommand(surroundings))
                .addSubcommand(new SchemaCommand(surroundings))
                .addSubcommand(new RandomCommand(surroundings))
                .addSubcommand(new AblateCommand(surroundings))
                .addSubcommand(new CompareKvmCommand(surroundings));
        WholeNumber.register(line);
        line.setExpandAtFiles(false);
        line.setOut(writer(surroundings.out()));
        line.setErr(writer(surroundings.err()));
        line.setParameterExceptionHandler((wrong, given) -> {
            surroundings.err().println(usage(wrong));
            return ExitStatus.BAD_INPUT;
        });
        line.setExecutionExceptionHandler((thrown, command, parsed) -> {
            if (thrown instanceof BadInput bad) {
                bad.problems().forEach(surroundings.err()::println);
                return ExitStatus.BAD_INPUT;
            }
            return failed(surroundings, line, thrown);
        });
        return line;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    private static String usage(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        if (wrong instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
            String first = Quoted.of(unmatched.getUnmatched().getFirst());
            if (unmatched.isUnknownOption()) {
                return "%s: unknown option %s; allowed are %s".formatted(name, first, options(command));
            }
            return command.getSubcommands().isEmpty()
                    ? "%s: %s is one argument too many; '%s --help' tells what is allowed".formatted(name, first, name)
                    : "%s: unknown command %s; allowed are %s"
                            .formatted(name, first, String.join(", ", command.getSubcommands().keySet()));
        }
        String message = Quoted.plain(String.valueOf(wrong.getMessage()).replace("\n", " "), MOST_OF_A_SENTENCE);
        return "%s: %s; '%s --help' tells what is allowed".formatted(name, decapitalised(message), name);
    }

    private static String decapitalised(String message) {
        return message.isEmpty() ? message : message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    }

    private static String options(CommandLine command) {
        List<OptionSpec> options = command.getCommandSpec().options();
        return options.stream().map(OptionSpec::longestName).sorted().collect(Collectors.joining(", "));
    }

    private static int defect(Surroundings surroundings, Throwable defect) {
        return defect(surroundings, new CaseResult.Broken("", defect));
    }

    /** Tells of a defect of the program's own; answers the exit status. */
    static int defect(Surroundings surroundings, CaseResult.Broken broken) {
        Throwable defect = broken.thrown();
        surroundings.err().println(
                "ringfence: a defect of Ringfence itself, please report it: %s%s".formatted(
                        broken.sentence(), surroundings.debug() ? "" : " (RINGFENCE_DEBUG=1 shows where)"));
        if (surroundings.debug()) {
            defect.printStackTrace(surroundings.err());
        }
        return ExitStatus.DEFECT;
    }

    @Override
    public void run() {
        CommandSpec own = java.util.Objects.requireNonNull(spec);
        throw new ParameterException(own.commandLine(), "no command is given; allowed are "
                + String.join(", ", own.commandLine().getSubcommands().keySet()));
    }

    /** The version the jar was built as. */
    static final class Version implements IVersionProvider {
        /** Without the program's name. */
        static String number() {
            String version = Ringfence.class.getPackage().getImplementationVersion();
            return version == null ? "(unpackaged)" : version;
        }

        @Override
        public String[] getVersion() {
            return new String[] {"ringfence " + number()};
        }
    }
}
