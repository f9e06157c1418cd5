import { castNumber, javaNumber, parseJavaDouble } from './java-number.ts';
import { native } from './udf.ts';

/** Texts of doubles and reals. */
export const numberFunctions = [
  native('weir_java_number(VARCHAR) VARCHAR', javaNumber),
  native('weir_cast_number(VARCHAR) VARCHAR', castNumber),
  native('weir_parse_double(VARCHAR) DOUBLE', (text: string) => parseJavaDouble(text) ?? null),
];
