package org.ringfence.stack.guest.uefi;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each vector of the groups I, X and F has a test that bears its number, in its name or in its table. */
class EveryVectorTest {
    private static final String UEFI = "org.ringfence.stack.guest.uefi.";

    @ParameterizedTest
    @CsvSource(delimiter = ':', value = {
        "dma.IoMmuVectorsTest: I1 I2 I3 I4 I6 I7 I8 I9 I10 I11 I12 I13 I14 I15 I16",
        "event.EventVectorsTest: X1 X2 X3 X5 X6",
        "memory.MemoryVectorsTest: X8 X9 X10 X12 X13 X15 X16",
        "memory.AcceptVectorsTest: F1 F2 F3 F5"
    })
    void eachNumberHasATest(String test, String numbers) throws ClassNotFoundException {
        Class<?> tests = Class.forName(UEFI + test);
        for (String number : numbers.split(" ", -1)) {
            assertThat(Arrays.stream(tests.getDeclaredMethods()).filter(method -> bears(method, number)))
                    .as("a test of %s for the vector %s", test, number)
                    .isNotEmpty();
        }
    }

    @Test
    void ofTheTdxDriversPartialRetryTheNumberIsWithTheTdxGuest() throws ClassNotFoundException {
        Class<?> tests = Class.forName("org.ringfence.stack.guest.tdx.TakeBackVectorTest");
        assertThat(Arrays.stream(tests.getDeclaredMethods()).filter(method -> bears(method, "I17"))).isNotEmpty();
    }

    private static boolean bears(Method method, String number) {
        ParameterizedTest table = method.getAnnotation(ParameterizedTest.class);
        CsvSource rows = method.getAnnotation(CsvSource.class);
        boolean named = method.isAnnotationPresent(Test.class)
                && method.getName().matches("(.*And)?(?i:%s)[A-Z].*".formatted(number.toLowerCase(Locale.ROOT)));
        boolean inTable = table != null
                && Stream.concat(Stream.of(table.name()), rows == null ? Stream.of() : Arrays.stream(rows.value()))
                        .anyMatch(text -> text.startsWith(number + ","));
        return named || inTable;
    }
}
