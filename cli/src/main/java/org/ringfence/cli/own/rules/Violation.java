package org.ringfence.cli.own.rules;

/**
 * Something that a rule forbids.
 *
 * @param type the class it is in, with dots
 * @param method empty where the class as a whole is meant
 * @param source the name of the source file that the class was compiled from
 * @param line 0 where there is none
 * @param what what is done there, for example {@code reads the clock}
 * @param from the routine that comes here, where that is another class; empty otherwise
 */
public record Violation(Rule rule, String type, String method, String source, int line, String what, String from) {

    /** The class and method as a reader of the source calls them. */
    public String place() {
        String simple = type.substring(type.lastIndexOf('.') + 1).replace('$', '.');
        return method.isEmpty() ? simple : simple + "." + method;
    }

    /** What is wrong and what would be right, without its place in a file. */
    public String sentence() {
        return "%s %s%s: %s".formatted(
                place(), what, from.isEmpty() ? "" : ", and the routine " + from + " comes there", rule.remedy());
    }
}
