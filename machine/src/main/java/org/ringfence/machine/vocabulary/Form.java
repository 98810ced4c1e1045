package org.ringfence.machine.vocabulary;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Results;

/**
 * One operation: its record, who may perform it, how it is written, and from where a random run draws its arguments. As
 * text it is its mnemonic and every argument by name: {@code TDH.MEM.PAGE.AUG td=0 rcx=0x1000 frame=2}. The machine's
 * size is no argument: all texts of a machine have it in common. An operation that performs another one in some way
 * follows it: {@code WBINVD number=0 via IPI cpu=1}.
 *
 * @param name the mnemonic; of an operation that has several, what they have in common, by which it can be written too:
 *     {@code SNP guest command kind=snp-launch-finish context=1} reads as {@code SNP_LAUNCH_FINISH context=1}
 * @param type the record
 * @param naming the argument that decides on the mnemonic; null where there is one only
 * @param principals who performs it
 * @param drawing those of them for whom random runs draw it
 * @param ranges one for each argument, in order; none where random runs do not perform it
 * @param notations how arguments are written, by their names, where their types do not tell
 * @param weight how often a random run performs it: 1, or more where much else waits for it
 */
public record Form(
        String name,
        Class<?> type,
        @Nullable String naming,
        Set<Principal> principals,
        Set<Principal> drawing,
        List<Range> ranges,
        Map<String, Notation> notations,
        int weight) {
    private static final ClassValue<Form> TOLD = new ClassValue<>() {
        @Override
        protected Form computeValue(Class<?> type) {
            return told(type.getSimpleName(), type, Principal.HARDWARE);
        }
    };

    public Form {
        principals = Set.copyOf(principals);
        drawing = Set.copyOf(drawing);
        ranges = List.copyOf(ranges);
        notations = Map.copyOf(notations);
        List<Leaves.Leaf> leaves = Leaves.of(type);
        if (!drawing.isEmpty() && leaves.size() != ranges.size()) {
            throw new IllegalArgumentException("%s has %d arguments (%s), and %d ranges are given"
                    .formatted(
                            name,
                            leaves.size(),
                            leaves.stream().map(Leaves.Leaf::name).collect(Collectors.joining(", ")),
                            ranges.size()));
        }
    }

    /** An operation of {@code principal}. */
    public static <O extends Record & Operation<?>> Form of(
            String name, Principal principal, Class<O> type, Range... ranges) {
        return new Form(name, type, null, EnumSet.of(principal), EnumSet.of(principal), List.of(ranges), Map.of(), 1);
    }

    /** An operation of these principals that random runs do not perform. */
    public static Form told(String name, Class<?> type, Principal first, Principal... others) {
        return new Form(name, type, null, EnumSet.of(first, others), Set.of(), List.of(), Map.of(), 1);
    }

    /**
     * Any operation in a sentence: its mnemonic and every argument by name. A platform's {@link Vocabulary} has the
     * same text where it knows the operation, or a shorter one that reads back.
     */
    public static String text(Operation<?> operation) {
        if (!(operation instanceof Record)) {
            return operation.mnemonic();
        }
        if (operation instanceof Lawful<?> lawful) {
            return text(lawful.operation());
        }
        Form form = TOLD.get(operation.getClass());
        return form.isWay()
                ? "%s via %s".formatted(text(performed(operation)), form.print(operation))
                : form.print(operation);
    }

    /** The same, for {@code other} too. */
    public Form alsoBy(Principal other) {
        return new Form(name, type, naming, with(principals, other), with(drawing, other), ranges, notations, weight);
    }

    /** The same, which {@code other} too may perform, but not in random runs. */
    public Form knownTo(Principal other) {
        return new Form(name, type, naming, with(principals, other), drawing, ranges, notations, weight);
    }

    private static Set<Principal> with(Set<Principal> some, Principal other) {
        Set<Principal> both = EnumSet.of(other);
        both.addAll(some);
        return both;
    }

    /** The same, performed so many times as often as others. */
    public Form times(int more) {
        return new Form(name, type, naming, principals, drawing, ranges, notations, more);
    }

    /** The same, whose mnemonic is that which {@code argument} stands for, a constant of an enum. */
    public Form namedBy(String argument) {
        return new Form(name, type, argument, principals, drawing, ranges, notations, weight);
    }

    /** The same, with one argument written in its own way. */
    public Form writing(String argument, Notation notation) {
        Map<String, Notation> more = new HashMap<>(notations);
        more.put(argument, notation);
        return new Form(name, type, naming, principals, drawing, ranges, more, weight);
    }

    /**
     * What is written: every argument but the machine's size, the operation that is performed, and what the mnemonic
     * tells.
     */
    private List<Leaves.Leaf> written() {
        return Leaves.of(type).stream().filter(this::isWritten).toList();
    }

    private boolean isWritten(Leaves.Leaf leaf) {
        return !leaf.isGeometry() && !leaf.isOperation() && !leaf.name().equals(naming);
    }

    /** The names of its arguments. */
    public List<String> arguments() {
        return written().stream().map(Leaves.Leaf::name).toList();
    }

    /** The names of what a random run draws, one for each range: its arguments, and what decides on the mnemonic. */
    public List<String> drawn() {
        return Leaves.of(type).stream()
                .filter(leaf -> !leaf.isGeometry() && !leaf.isOperation())
                .map(Leaves.Leaf::name)
                .toList();
    }

    /** What {@code argument} may be, in words. */
    public String allowed(String argument) {
        Notation notation = notations.get(argument);
        return notation != null
                ? notation.allowed()
                : written().stream()
                        .filter(leaf -> leaf.name().equals(argument))
                        .map(Argument::allowed)
                        .findFirst()
                        .orElseThrow();
    }

    /** Whether it performs another operation in some way, which its text follows. */
    public boolean isWay() {
        return Leaves.of(type).stream().anyMatch(Leaves.Leaf::isOperation);
    }

    /** The mnemonics that it goes by. */
    public List<String> names() {
        String decides = naming;
        if (decides == null) {
            return List.of(name);
        }
        return Arrays.stream(naming(decides).type().getEnumConstants()).map(Object::toString).toList();
    }

    private Leaves.Leaf naming(String argument) {
        return Leaves.of(type).stream()
                .filter(leaf -> leaf.name().equals(argument))
                .findFirst()
                .orElseThrow();
    }

    /** The types of its arguments: boolean, int, long, String or an enum each. */
    public List<Class<?>> argumentTypes() {
        return Leaves.of(type).stream().<Class<?>>map(Leaves.Leaf::type).toList();
    }

    /** A value of an argument as texts of operations have it. */
    public static String print(Object value) {
        return Argument.print(value);
    }

    /** The names of its results; none where they are no closed set, see {@link #resultInWords}. */
    public List<String> results() {
        return printedResults().stream().map(Results::name).distinct().toList();
    }

    /** Its results as a trace prints them, which is their names and more; none where they are no closed set. */
    public List<String> printedResults() {
        Optional<Class<?>> result = Leaves.result(type);
        if (result.isPresent() && result.get() == Boolean.class) {
            return new Results.Truth().names();
        }
        return result.filter(Class::isEnum).map(Form::printed).orElse(List.of());
    }

    /** What its results are, where they are no closed set. */
    public String resultInWords() {
        Optional<Class<?>> result = Leaves.result(type);
        if (result.isEmpty()) {
            return "what the operation ends with that it performs";
        }
        Class<?> what = result.get();
        return what == Answer.class ? "a number, which the host answers"
                : what == Frame.class ? "a frame, such as 'frame 0'"
                        : what == Long.class || what == Integer.class ? "a number"
                                : "what it finds, as a trace prints it";
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // a Class of an enum is all that Closed asks for
    private static List<String> printed(Class<?> type) {
        Results<?> results = new Results.Closed(type);
        return IntStream.range(0, results.count()).mapToObj(results::print).toList();
    }

    /** The values of each argument on {@code machine}. */
    public List<List<?>> values(Machine machine) {
        List<List<?>> all = new ArrayList<>();
        for (Range range : ranges) {
            all.add(range.in(machine));
        }
        return all;
    }

    /**
     * The operation with these arguments, in order.
     *
     * @throws IllegalArgumentException when the operation's record refuses them
     */
    public Operation<?> make(List<Object> arguments) {
        return (Operation<?>) Leaves.make(type, arguments);
    }

    /**
     * The name and the arguments of {@code operation}, which is of this type; without the operation that it performs in
     * some way.
     */
    String print(Operation<?> operation) {
        StringBuilder text = new StringBuilder(isWay() ? name : operation.mnemonic());
        List<Object> values = Leaves.values((Record) operation);
        List<Leaves.Leaf> leaves = Leaves.of(type);
        for (int i = 0; i < leaves.size(); i++) {
            Leaves.Leaf leaf = leaves.get(i);
            if (isWritten(leaf)) {
                Notation notation = notations.get(leaf.name());
                String value = notation == null ? Argument.print(values.get(i)) : notation.print(values.get(i));
                text.append(' ').append(leaf.name()).append('=').append(value);
            }
        }
        return text.toString();
    }

    /** The operation that {@code operation} performs in some way. */
    static Operation<?> performed(Operation<?> operation) {
        return Leaves.values((Record) operation).stream()
                .filter(Operation.class::isInstance)
                .map(value -> (Operation<?>) value)
                .findFirst()
                .orElseThrow();
    }

    /** The arguments by which it is told from others, where it is written {@code as}. */
    List<String> arguments(String as) {
        return isGeneral(as) ? drawn() : arguments();
    }

    /** Whether exactly these arguments are its own, where it is written {@code as}. */
    boolean takes(String as, Set<String> given) {
        return given.equals(Set.copyOf(arguments(as)));
    }

    /** Whether {@code written} is one of its mnemonics, or what they have in common. */
    boolean isCalled(String written) {
        return names().contains(written) || isGeneral(written);
    }

    private boolean isGeneral(String written) {
        return naming != null && name.equals(written);
    }

    /**
     * Reads arguments.
     *
     * @param written the mnemonic
     * @param given texts by the arguments' names: exactly those of this form
     * @param performed what it performs in some way; null where it does not
     */
    Operation<?> parse(
            String written, Map<String, String> given, @Nullable Operation<?> performed, @Nullable Geometry geometry)
            throws NoSuchOperation {
        List<Object> values = new ArrayList<>();
        for (Leaves.Leaf leaf : Leaves.of(type)) {
            values.add(value(written, leaf, given, performed, geometry));
        }
        try {
            return make(values);
        } catch (IllegalArgumentException refused) {
            throw new NoSuchOperation("%s: %s".formatted(written, refused.getMessage()));
        }
    }

    private Object value(
            String written,
            Leaves.Leaf leaf,
            Map<String, String> given,
            @Nullable Operation<?> performed,
            @Nullable Geometry geometry)
            throws NoSuchOperation {
        if (leaf.isGeometry()) {
            if (geometry == null) {
                throw new NoSuchOperation(
                        "%s depends on the machine's size, and there is no machine".formatted(written));
            }
            return geometry;
        }
        if (leaf.isOperation()) {
            if (performed == null || !leaf.type().isInstance(performed)) {
                throw new NoSuchOperation("nothing is performed via %s that could be".formatted(written));
            }
            return performed;
        }
        if (leaf.name().equals(naming) && !isGeneral(written)) {
            return Arrays.stream(leaf.type().getEnumConstants())
                    .filter(constant -> constant.toString().equals(written))
                    .findFirst()
                    .orElseThrow();
        }
        String text = given.get(leaf.name());
        if (text == null) {
            throw new IllegalStateException("%s is read without '%s'".formatted(written, leaf.name()));
        }
        Notation notation = notations.get(leaf.name());
        if (notation == null) {
            return Argument.parse(written, leaf, text);
        }
        try {
            return notation.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new NoSuchOperation(
                    "%s: %s is '%s'; allowed is %s".formatted(written, leaf.name(), text, notation.allowed()));
        }
    }
}
