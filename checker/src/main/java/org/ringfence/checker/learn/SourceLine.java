package org.ringfence.checker.learn;

/** Names lines of routines. */
public final class SourceLine {
    private SourceLine() {}

    /** Whether code of this class is a routine's, and not the machinery it runs on. */
    public static boolean isSoftware(String className) {
        return !className.startsWith("org.ringfence.machine.operation.")
                && !className.startsWith("org.ringfence.checker.learn.RunOnce")
                && !className.startsWith("org.ringfence.checker.run.")
                && !className.startsWith("java.");
    }

    /** A line as {@code AcceptPage.run(AcceptPage.java:41)}; without its number where the class file tells none. */
    public static String of(StackTraceElement element) {
        String type = element.getClassName();
        String line = element.getLineNumber() < 0 ? "" : ":" + element.getLineNumber();
        return type.substring(type.lastIndexOf('.') + 1).replace('$', '.') + "." + element.getMethodName() + "("
                + element.getFileName() + line + ")";
    }

    /** The innermost line of {@code routine}'s file that {@code thrown} came through. */
    static String of(Throwable thrown, Class<?> routine) {
        for (StackTraceElement element : thrown.getStackTrace()) {
            if (element.getClassName().equals(routine.getName())) {
                return of(element);
            }
        }
        return "an unknown line";
    }
}
