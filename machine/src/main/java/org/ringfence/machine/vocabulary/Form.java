package org.ringfence.machine.vocabulary;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;

/**
 * One operation of a protection: its record, who may perform it, and from where a random run draws its arguments. As
 * text it is its name and every argument by name: {@code TDH.MEM.PAGE.AUG td=0 rcx=0x1000 frame=2}.
 *
 * @param name the mnemonic
 * @param type the record
 * @param principals who performs it
 * @param ranges one for each argument, in order
 * @param weight how often a random run performs it: 1, or more where much else waits for it
 */
public record Form(
        String name,
        Class<? extends Operation<?>> type,
        Set<Principal> principals,
        List<Range> ranges,
        int weight) {
    public Form {
        principals = Set.copyOf(principals);
        ranges = List.copyOf(ranges);
        List<Leaves.Leaf> leaves = Leaves.of(type);
        if (leaves.size() != ranges.size()) {
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
        return new Form(name, type, EnumSet.of(principal), List.of(ranges), 1);
    }

    /** The same, for {@code other} too. */
    public Form alsoBy(Principal other) {
        Set<Principal> both = EnumSet.copyOf(principals);
        both.add(other);
        return new Form(name, type, both, ranges, weight);
    }

    /** The same, performed so many times as often as others. */
    public Form times(int more) {
        return new Form(name, type, principals, ranges, more);
    }

    /** The names of its arguments. */
    public List<String> arguments() {
        return Leaves.of(type).stream().map(Leaves.Leaf::name).toList();
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
        return type.cast(Leaves.make(type, arguments));
    }

    /** {@code operation}, which is of this type, as text that {@link #parse} reads. */
    public String print(Operation<?> operation) {
        StringBuilder text = new StringBuilder(name);
        List<Object> values = Leaves.values((Record) operation);
        List<Leaves.Leaf> leaves = Leaves.of(type);
        for (int i = 0; i < leaves.size(); i++) {
            text.append(' ').append(leaves.get(i).name()).append('=').append(Argument.print(values.get(i)));
        }
        return text.toString();
    }

    /** Reads arguments such as {@code rcx=0x1000 frame=2}, in any order. */
    Operation<?> parse(List<String> words) throws NoSuchOperation {
        List<Leaves.Leaf> leaves = Leaves.of(type);
        Object[] values = new Object[leaves.size()];
        for (String word : words) {
            int equals = word.indexOf('=');
            String argument = word.substring(0, equals);
            int index = arguments().indexOf(argument);
            if (index < 0) {
                throw new NoSuchOperation("%s has no argument '%s'; %s".formatted(name, argument, allowed()));
            }
            if (values[index] != null) {
                throw new NoSuchOperation("%s is given '%s' twice".formatted(name, argument));
            }
            values[index] = Argument.parse(name, leaves.get(index), word.substring(equals + 1));
        }
        for (int i = 0; i < values.length; i++) {
            if (values[i] == null) {
                throw new NoSuchOperation("%s lacks '%s'; %s".formatted(name, leaves.get(i).name(), allowed()));
            }
        }
        try {
            return make(Arrays.asList(values));
        } catch (IllegalArgumentException refused) {
            throw new NoSuchOperation("%s: %s".formatted(name, refused.getMessage()));
        }
    }

    private String allowed() {
        return arguments().isEmpty() ? "it has none" : "its arguments are " + String.join(", ", arguments());
    }
}
