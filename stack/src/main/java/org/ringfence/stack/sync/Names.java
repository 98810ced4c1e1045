package org.ringfence.stack.sync;

import java.util.List;
import java.util.stream.Stream;

/** The names of what one part has several of, each once. */
record Names(List<String> names) {
    Names {
        names = names.stream().distinct().sorted().toList();
    }

    /** These and the others. */
    Names and(Names others) {
        return new Names(Stream.concat(names.stream(), others.names.stream()).toList());
    }

    /** The number of the one with this name. */
    int index(String name) {
        int index = names.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException(
                    "there is no '%s'; the software here has %s".formatted(name, String.join(", ", names)));
        }
        return index;
    }

    /** How many there are. */
    int count() {
        return names.size();
    }
}
