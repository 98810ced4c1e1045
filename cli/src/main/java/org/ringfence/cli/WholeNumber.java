package org.ringfence.cli;

import java.math.BigInteger;
import java.util.function.Function;
import org.ringfence.cli.casefile.Quoted;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a whole number, and tells of another text what is allowed.
 *
 * @param least that the type can hold
 * @param most that it can
 */
record WholeNumber<N extends Number>(BigInteger least, BigInteger most, Function<BigInteger, N> as)
        implements
            ITypeConverter<N> {

    /** Reads the numbers of all options of {@code line}. */
    static void register(CommandLine line) {
        WholeNumber<Long> longs = new WholeNumber<>(
                BigInteger.valueOf(Long.MIN_VALUE), BigInteger.valueOf(Long.MAX_VALUE), BigInteger::longValueExact);
        WholeNumber<Integer> ints = new WholeNumber<>(
                BigInteger.valueOf(Integer.MIN_VALUE), BigInteger.valueOf(Integer.MAX_VALUE),
                BigInteger::intValueExact);
        line.registerConverter(Long.class, longs);
        line.registerConverter(long.class, longs);
        line.registerConverter(Integer.class, ints);
        line.registerConverter(int.class, ints);
    }

    @Override
    public N convert(String text) {
        if (text.matches("[+-]?[0-9]{1,20}")) {
            BigInteger number = new BigInteger(text);
            if (number.compareTo(least) >= 0 && number.compareTo(most) <= 0) {
                return as.apply(number);
            }
        }
        throw new TypeConversionException(
                "%s is no whole number; allowed are %d to %d".formatted(Quoted.of(text), least, most));
    }
}
