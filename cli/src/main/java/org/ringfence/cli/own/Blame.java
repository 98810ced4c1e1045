package org.ringfence.cli.own;

import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.learn.RoutineRefused;
import org.ringfence.cli.casefile.Problem;
import org.ringfence.cli.casefile.Quoted;
import org.ringfence.cli.own.rules.MethodNames;

/**
 * Tells what was thrown by a user's software from what is a defect of Ringfence.
 *
 * @param classes the user's, by their names with dots
 */
public record Blame(Map<String, OwnClass> classes) {
    /** No software of a user's is there. */
    static final Blame NOBODY = new Blame(Map.of());

    private static final String REMEDY = "software of one's own must load, and do its part, without an exception";

    /** What is wrong, with file and line; empty when none of these classes had a part in it. */
    Optional<Problem> of(Throwable thrown) {
        if (classes.isEmpty()) {
            return Optional.empty();
        }
        Throwable cause = innermost(thrown);
        StackTraceElement at = frame(cause);
        if (cause instanceof RoutineRefused refused) {
            return Optional.of(problem(at, String.valueOf(refused.getMessage())));
        }
        if (cause instanceof UnsupportedClassVersionError || cause instanceof ClassFormatError) {
            return Optional.of(problem(at, "a class file cannot be used: %s".formatted(message(cause))));
        }
        if (cause instanceof NoClassDefFoundError || cause instanceof ClassNotFoundException) {
            return Optional.of(problem(at,
                    "the class %s is not there, or could not be initialised; give the jar or folder it is in with another --with"
                            .formatted(message(cause).replace('/', '.'))));
        }
        if (cause instanceof LinkageError) {
            return Optional.of(problem(at, "does not fit together: %s; compile it against this Ringfence"
                    .formatted(message(cause))));
        }
        if (at == null) {
            return cause instanceof ServiceConfigurationError
                    ? Optional.of(problem(null, message(cause)))
                    : Optional.empty();
        }
        return Optional.of(problem(
                at,
                "%s threw %s%s; %s".formatted(
                        method(at),
                        cause.getClass().getSimpleName(),
                        cause.getMessage() == null ? "" : ": " + message(cause),
                        REMEDY)));
    }

    private static Throwable innermost(Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause.getCause() != null && depth < 32; depth++) {
            cause = cause.getCause();
        }
        return cause;
    }

    private @Nullable StackTraceElement frame(Throwable thrown) {
        for (StackTraceElement element : thrown.getStackTrace()) {
            if (classes.containsKey(element.getClassName())) {
                return element;
            }
        }
        return null;
    }

    /** Where a thread stands in these classes; empty when it does not. */
    String place(StackTraceElement[] stack) {
        for (StackTraceElement element : stack) {
            if (classes.containsKey(element.getClassName())) {
                return "%s, in %s".formatted(file(element), method(element));
            }
        }
        return "";
    }

    private Problem problem(@Nullable StackTraceElement at, String sentence) {
        String file = at == null ? classes.values().iterator().next().bundle().path() : file(at);
        return new Problem(file, null, sentence);
    }

    private String file(StackTraceElement at) {
        OwnClass own = classes.get(at.getClassName());
        if (own == null) {
            return String.valueOf(at.getFileName());
        }
        return own.isFromSource()
                ? "%s:%d".formatted(own.file(), at.getLineNumber())
                : "%s: %s:%d".formatted(own.file(), at.getFileName(), at.getLineNumber());
    }

    private static String method(StackTraceElement at) {
        String type = at.getClassName().substring(at.getClassName().lastIndexOf('.') + 1).replace('$', '.');
        String name = MethodNames.written(at.getMethodName());
        return name.contains(" ") ? "%s of %s".formatted(name, type) : "%s.%s".formatted(type, name);
    }

    private static String message(Throwable thrown) {
        return Quoted.line(String.valueOf(thrown.getMessage()));
    }
}
