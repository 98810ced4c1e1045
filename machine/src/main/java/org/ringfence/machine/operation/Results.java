package org.ringfence.machine.operation;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The results of an operation as numbers, for tables and states, and as what a routine gets to see.
 *
 * <p>Whatever has a {@link #count} is learned at once, also results that the machine at hand never gives: a routine
 * must bear each of them.
 *
 * @param <R> what a routine gets
 */
public sealed interface Results<R> {

    /** What {@link #count} answers where results are learned only as they occur. */
    int OPEN = -1;

    /** How many results there are, with the codes 0 to {@code count - 1}; or {@link #OPEN}. */
    int count();

    /** The result with this code; {@code cpu} is whom an {@link Answer} asks its questions. */
    R decode(long code, Cpu cpu);

    /** How a trace prints the result with this code: its name, and in parentheses what else there is to say. */
    String print(long code);

    /** The name by which scripts and {@code reaches} know what {@link #print} printed. */
    static String name(String printed) {
        int more = printed.indexOf(" (");
        return more < 0 ? printed : printed.substring(0, more);
    }

    /** The names of all results, each once; none where they are learned only as they occur. */
    default List<String> names() {
        return IntStream.range(0, Math.max(0, count()))
                .mapToObj(code -> name(print(code)))
                .distinct()
                .toList();
    }

    /**
     * How a trace prints {@code result}, which {@link #decode} gave; not of an {@link Answer}, which can only be
     * questioned.
     */
    default String say(R result) {
        return String.valueOf(result);
    }

    /** The constants of an enum: statuses of the manual, each with its number in its text. */
    record Closed<E extends Enum<E>>(Class<E> type) implements Results<E> {
        @Override
        public int count() {
            return type.getEnumConstants().length;
        }

        @Override
        public E decode(long code, Cpu cpu) {
            return type.getEnumConstants()[(int) code];
        }

        @Override
        public String print(long code) {
            return say(type.getEnumConstants()[(int) code]);
        }

        /** What the constant says of itself begins with its name, a word in capitals, or follows it. */
        @Override
        public String say(E constant) {
            String text = constant instanceof Worded worded ? worded.worded() : constant.toString();
            String[] head = text.split(", | \\(", 2);
            if (head[0].matches("[A-Z][A-Z0-9_]*")) {
                return head.length == 1 || text.startsWith(head[0] + " (")
                        ? text
                        : "%s (%s)".formatted(head[0], head[1]);
            }
            String words = text.endsWith(" " + constant.name())
                    ? text.substring(0, text.length() - constant.name().length() - 1)
                    : text;
            return words.equalsIgnoreCase(constant.name().replace('_', ' '))
                    ? constant.name()
                    : "%s (%s)".formatted(constant.name(), words);
        }
    }

    /** Values listed one by one. */
    record Listed<R>(List<R> values) implements Results<R> {
        public Listed {
            values = List.copyOf(values);
        }

        @Override
        public int count() {
            return values.size();
        }

        @Override
        public R decode(long code, Cpu cpu) {
            return values.get((int) code);
        }

        @Override
        public String print(long code) {
            return values.get((int) code).toString();
        }
    }

    /** Yes or no. */
    record Truth() implements Results<Boolean> {
        @Override
        public int count() {
            return 2;
        }

        @Override
        public Boolean decode(long code, Cpu cpu) {
            return code != 0;
        }

        @Override
        public String print(long code) {
            return code != 0 ? "yes" : "no";
        }

        @Override
        public String say(Boolean result) {
            return print(result ? 1 : 0);
        }
    }

    /** The numbers from 0 to {@code count - 1}. */
    record Number(int count) implements Results<Integer> {
        @Override
        public Integer decode(long code, Cpu cpu) {
            return (int) code;
        }

        @Override
        public String print(long code) {
            return Long.toString(code);
        }
    }

    /** Any number that is not negative, out of the state; learned as it occurs. */
    record Value() implements Results<Long> {
        @Override
        public int count() {
            return OPEN;
        }

        @Override
        public Long decode(long code, Cpu cpu) {
            return code;
        }

        @Override
        public String print(long code) {
            return "0x" + Long.toHexString(code).toUpperCase(java.util.Locale.ROOT);
        }

        @Override
        public String say(Long result) {
            return print(result);
        }
    }

    /** Whatever a number that is not negative stands for; learned as it occurs. It must tell of no frame. */
    record Coded<R>(Coding<R> coding) implements Results<R> {
        @Override
        public int count() {
            return OPEN;
        }

        @Override
        public R decode(long code, Cpu cpu) {
            return coding.decode(code);
        }

        @Override
        public String print(long code) {
            return coding.print(code);
        }
    }

    /** What numbers stand for: an enum or a record, since it is part of an operation. */
    interface Coding<R> {
        /** What {@code code} stands for. */
        R decode(long code);

        /** How a trace prints it. */
        String print(long code);
    }

    /** A host frame of {@code frames}; renaming frames renames it. */
    record Frames(int frames) implements Results<Frame> {
        @Override
        public int count() {
            return frames;
        }

        @Override
        public Frame decode(long code, Cpu cpu) {
            return new Frame((int) code);
        }

        @Override
        public String print(long code) {
            return "frame " + code;
        }

        @Override
        public String say(Frame result) {
            return print(result.index());
        }
    }

    /**
     * What someone else answers: one of the numbers that honest software uses, by their codes, or, with the code after
     * theirs, anything at all.
     */
    record Answers(List<Long> known) implements Results<Answer> {
        /** The name of an answer that is none of the known numbers. */
        public static final String ANYTHING = "anything";

        public Answers {
            known = List.copyOf(known);
        }

        /** Honest software uses the numbers from 0 to {@code known - 1}. */
        public static Answers below(int known) {
            return new Answers(LongStream.range(0, known).boxed().toList());
        }

        @Override
        public int count() {
            return known.size() + 1;
        }

        /** Whether {@code answer} goes by {@code name}: a number, decimal or with 0x, or {@link #ANYTHING}. */
        public boolean isNamed(String name, Answer answer) {
            return name.equals(ANYTHING)
                    ? known.stream().noneMatch(answer::is)
                    : answer.is(number(name));
        }

        /**
         * The number of this name.
         *
         * @throws NumberFormatException when it is none
         */
        public static long number(String name) {
            return name.startsWith("0x") ? Long.parseUnsignedLong(name.substring(2), 16) : Long.parseLong(name);
        }

        @Override
        public Answer decode(long code, Cpu cpu) {
            return code < known.size() ? Answer.known(known.get((int) code)) : Answer.open(cpu);
        }

        @Override
        public String print(long code) {
            return code < known.size() ? "0x" + Long.toHexString(known.get((int) code)) : ANYTHING;
        }
    }
}
