import { powerLaw, type Random, seededRandom } from './random.ts';

/** The five static tables of the supermarket lake, as rows of text in the column order of their CSV files. */
export interface Dimensions {
  readonly branches: readonly (readonly string[])[];
  readonly categories: readonly (readonly string[])[];
  readonly customers: readonly (readonly string[])[];
  readonly locations: readonly (readonly string[])[];
  readonly products: readonly (readonly string[])[];
}

export const HEADERS = {
  branches: ['branch_id', 'branch_name', 'location_id', 'opened_on', 'floor_area'],
  categories: ['category_id', 'category_name'],
  customers: ['customer_id', 'first_name', 'last_name', 'gender', 'birth_date', 'city', 'member_since'],
  locations: ['location_id', 'city', 'province', 'region'],
  products: ['product_id', 'product_name', 'category_id', 'unit_price', 'unit_cost'],
} as const satisfies Record<keyof Dimensions, readonly string[]>;

const BRANCHES = 40;
const CUSTOMERS = 50_000;
const PRODUCTS = 1_200;

const PLACES: readonly (readonly [string, string, string])[] = [
  ['Quezon City', 'Metro Manila', 'NCR'],
  ['Manila', 'Metro Manila', 'NCR'],
  ['Makati', 'Metro Manila', 'NCR'],
  ['Pasig', 'Metro Manila', 'NCR'],
  ['Taguig', 'Metro Manila', 'NCR'],
  ['Caloocan', 'Metro Manila', 'NCR'],
  ['Baguio', 'Benguet', 'CAR'],
  ['Dagupan', 'Pangasinan', 'Ilocos'],
  ['Laoag', 'Ilocos Norte', 'Ilocos'],
  ['Tuguegarao', 'Cagayan', 'Cagayan Valley'],
  ['Angeles', 'Pampanga', 'Central Luzon'],
  ['San Fernando', 'Pampanga', 'Central Luzon'],
  ['Malolos', 'Bulacan', 'Central Luzon'],
  ['Antipolo', 'Rizal', 'Calabarzon'],
  ['Batangas City', 'Batangas', 'Calabarzon'],
  ['Lucena', 'Quezon', 'Calabarzon'],
  ['Naga', 'Camarines Sur', 'Bicol'],
  ['Legazpi', 'Albay', 'Bicol'],
  ['Iloilo City', 'Iloilo', 'Western Visayas'],
  ['Bacolod', 'Negros Occidental', 'Western Visayas'],
  ['Cebu City', 'Cebu', 'Central Visayas'],
  ['Mandaue', 'Cebu', 'Central Visayas'],
  ['Tagbilaran', 'Bohol', 'Central Visayas'],
  ['Tacloban', 'Leyte', 'Eastern Visayas'],
  ['Zamboanga City', 'Zamboanga del Sur', 'Zamboanga'],
  ['Cagayan de Oro', 'Misamis Oriental', 'Northern Mindanao'],
  ['Davao City', 'Davao del Sur', 'Davao'],
  ['General Santos', 'South Cotabato', 'Soccsksargen'],
  ['Butuan', 'Agusan del Norte', 'Caraga'],
  ['Puerto Princesa', 'Palawan', 'Mimaropa'],
];

/** Category, lowest and highest shelf price, and the words that its product names are made of. */
const CATEGORIES: readonly (readonly [string, number, number, readonly string[]])[] = [
  ['Bakery', 20, 180, ['Pandesal', 'Loaf Bread', 'Ensaymada', 'Croissant', 'Muffin', 'Bagel']],
  ['Beverages', 15, 320, ['Cola', 'Iced Tea', 'Orange Juice', 'Coffee', 'Sparkling Water', 'Chocolate Drink']],
  ['Canned Goods', 18, 220, ['Sardines', 'Corned Beef', 'Tuna Flakes', 'Sweet Corn', 'Baked Beans', 'Coconut Milk']],
  ['Cleaning', 25, 450, ['Detergent', 'Bleach', 'Dish Soap', 'Floor Cleaner', 'Sponge', 'Glass Cleaner']],
  ['Condiments', 12, 260, ['Soy Sauce', 'Vinegar', 'Fish Sauce', 'Ketchup', 'Mayonnaise', 'Olive Oil']],
  ['Dairy', 22, 380, ['Fresh Milk', 'Cheddar', 'Butter', 'Yoghurt', 'Cream', 'Condensed Milk']],
  ['Eggs', 60, 290, ['Brown Eggs', 'White Eggs', 'Quail Eggs', 'Salted Eggs']],
  ['Frozen', 55, 620, ['Hotdog', 'Ice Cream', 'Fish Fillet', 'Dumplings', 'French Fries', 'Peas']],
  ['Fruit', 20, 350, ['Mango', 'Banana', 'Apple', 'Pineapple', 'Grapes', 'Calamansi']],
  ['Health', 30, 900, ['Vitamin C', 'Paracetamol', 'Bandages', 'Antiseptic', 'Cough Syrup']],
  ['Household', 35, 1200, ['Light Bulb', 'Batteries', 'Foil', 'Trash Bags', 'Candles', 'Umbrella']],
  ['Meat', 120, 980, ['Pork Belly', 'Chicken Breast', 'Beef Brisket', 'Longganisa', 'Bacon']],
  ['Noodles', 8, 140, ['Instant Noodles', 'Pancit Canton', 'Spaghetti', 'Macaroni', 'Misua']],
  ['Personal Care', 20, 560, ['Shampoo', 'Toothpaste', 'Soap Bar', 'Lotion', 'Deodorant', 'Razor']],
  ['Pet Food', 25, 1450, ['Dog Kibble', 'Cat Kibble', 'Dog Treats', 'Cat Litter']],
  ['Poultry Feed', 40, 760, ['Layer Mash', 'Chick Starter']],
  ['Rice', 48, 2600, ['Jasmine Rice', 'Dinorado', 'Brown Rice', 'Sticky Rice']],
  ['Seafood', 90, 1100, ['Bangus', 'Tilapia', 'Shrimp', 'Squid', 'Mussels']],
  ['Snacks', 10, 240, ['Potato Chips', 'Crackers', 'Peanuts', 'Chocolate Bar', 'Cookies', 'Dried Mango']],
  ['Vegetables', 15, 260, ['Pechay', 'Tomato', 'Onion', 'Garlic', 'Carrot', 'Eggplant']],
];
const BRANDS = [
  'Aurora',
  'Bayani',
  'Casa',
  'Dalisay',
  'Estrella',
  'Fiesta',
  'Ginto',
  'Hardin',
  'Isla',
  'Jardin',
  'Kusina',
  'Luntian',
];
const SIZES = [
  '100 g',
  '250 g',
  '500 g',
  '1 kg',
  '330 ml',
  '1 L',
  'pack of 3',
  'pack of 6',
  'pack of 12',
  'family size',
];
const FIRST_F = [
  'Maria',
  'Ana',
  'Liza',
  'Grace',
  'Rosa',
  'Carmen',
  'Elena',
  'Joy',
  'Tala',
  'Luz',
  'Nina',
  'Paz',
  'Sofia',
  'Teresa',
  'Bea',
  'Clara',
];
const FIRST_M = [
  'Jose',
  'Juan',
  'Mark',
  'Paolo',
  'Miguel',
  'Ramon',
  'Carlo',
  'Andres',
  'Leo',
  'Nico',
  'Rafael',
  'Dante',
  'Emil',
  'Gabriel',
  'Ivan',
  'Oscar',
];
const LAST = [
  'Santos',
  'Reyes',
  'Cruz',
  'Bautista',
  'Ocampo',
  'Garcia',
  'Mendoza',
  'Torres',
  'Flores',
  'Ramos',
  'Aquino',
  'Castillo',
  'Rivera',
  'Navarro',
  'Salazar',
  'Mercado',
  'Villanueva',
  'Domingo',
  'Pascual',
  'Soriano',
  "D'Souza",
  'Dela Rosa',
  'Lim',
  'Tan',
  'Go',
  'Sy',
];

/** Makes the static tables: the same seed gives the same rows. */
export function makeDimensions(seed: string): Dimensions {
  return {
    branches: makeBranches(seededRandom(`${seed}/branches`)),
    categories: CATEGORIES.map(([name], index) => [String(index + 1), name]),
    customers: makeCustomers(seededRandom(`${seed}/customers`)),
    locations: PLACES.map((place, index) => [String(index + 1), ...place]),
    products: makeProducts(seededRandom(`${seed}/products`)),
  };
}

function makeBranches(random: Random): string[][] {
  return Array.from({ length: BRANCHES }, (_, index) => {
    const location = index < PLACES.length ? index : random.below(6);
    const city = PLACES[location]![0];
    const name = index < PLACES.length ? city : `${city} ${index - PLACES.length + 2}`;
    const day = dayText(random, 2008, 2023);
    return [String(index + 1), name, String(location + 1), day, String(400 + random.below(5200))];
  });
}

function makeCustomers(random: Random): string[][] {
  return Array.from({ length: CUSTOMERS }, (_, index) => {
    const female = random.below(100) < 54;
    const first = pick(random, female ? FIRST_F : FIRST_M);
    const city = PLACES[Math.min(random.below(PLACES.length), random.below(PLACES.length))]![0];
    const born = dayText(random, 1945, 2006);
    return [String(index + 1), first, pick(random, LAST), female ? 'F' : 'M', born, city, dayText(random, 2015, 2024)];
  });
}

function makeProducts(random: Random): string[][] {
  return Array.from({ length: PRODUCTS }, (_, index) => {
    const category = random.below(CATEGORIES.length);
    const [, low, high, words] = CATEGORIES[category]!;
    const price = Math.round((low + (high - low) * random.fraction() ** 2.2) * 4) / 4;
    const cost = price * (0.55 + 0.35 * random.fraction());
    const name = `${pick(random, BRANDS)} ${pick(random, words)}, ${pick(random, SIZES)}`;
    return [String(index + 1), name, String(category + 1), price.toFixed(2), cost.toFixed(2)];
  });
}

/** How often customers and products are drawn: a few often, most seldom. */
export const CUSTOMER_WEIGHTS = powerLaw(CUSTOMERS, 0.35, 100);
export const PRODUCT_WEIGHTS = powerLaw(PRODUCTS, 0.9, 8);
export const BRANCH_WEIGHTS = powerLaw(BRANCHES, 0.6, 3);

function pick<T>(random: Random, list: readonly T[]): T {
  return list[random.below(list.length)]!;
}

function dayText(random: Random, firstYear: number, lastYear: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${firstYear + random.below(lastYear - firstYear + 1)}-${two(1 + random.below(12))}-${two(1 + random.below(28))}`;
}

/** RFC 4180: a field with a comma, quote or line break is quoted, quotes inside doubled. */
export function csvText(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return `${[header, ...rows].map((row) => row.map(field).join(',')).join('\n')}\n`;
}
