package org.ringfence.cli.own.rules;

/** Methods as their author calls them. */
public final class MethodNames {
    private static final String LAMBDA = "lambda$";

    private MethodNames() {}

    /** The name that {@code name}, of a class file, has in the source: a lambda is told of by the method around it. */
    public static String written(String name) {
        if (name.startsWith(LAMBDA)) {
            int end = name.indexOf('$', LAMBDA.length());
            return written(name.substring(LAMBDA.length(), end < 0 ? name.length() : end));
        }
        return switch (name) {
            case "<init>", "new" -> "the constructor";
            case "<clinit>", "static" -> "the static initialiser";
            default -> name;
        };
    }
}
